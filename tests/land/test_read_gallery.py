"""Every file of four galleries of good and faulty files: how many features are read, and what is refused by name."""

from __future__ import annotations

from collections import Counter

import pytest

from lvgeo.errors import InputRefusedError
from lvgeo.land.layer import polygonal_layer
from lvgeo.land.read_layers import FORMATS, SIDECARS, read_file, suffix_of

GALLERIES = ("geojson-validator", "pyshp", "fiona", "geotools_shp")

# Folder → file → features that are read, and what is refused how often. Bad rings are read: the check names them.
OUTCOMES = {
    "geojson-validator/invalid_geometries": {
        "invalid_exterior_not_ccw.geojson": (1, {}),
        "invalid_incorrect_geometry_data_type.geojson": (0, {"geometry_broken": 1}),
        "invalid_inner_and_exterior_ring_intersect.geojson": (1, {}),
        "invalid_interior_not_cw.geojson": (1, {}),
        "invalid_less_three_unique_nodes.geojson": (1, {}),
        "invalid_unclosed.geojson": (1, {}),
    },
    "geojson-validator/invalid_structure": {
        "invalid_feature_geometry_is_string.geojson": (0, {"geometry_broken": 1}),
        "invalid_feature_id_type.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_feature_no_porperties.geojson": (1, {}),
        "invalid_feature_properties_is_array.geojson": (0, {"geometry_null": 1}),
        "invalid_feature_properties_is_int.geojson": (0, {"geometry_null": 1}),
        "invalid_feature_wrong_geometry_key.geojson": (0, {"geometry_null": 1}),
        "invalid_featurecollcetion_features_is_object.geojson": (0, {"driver_refused": 1}),
        "invalid_featurecollcetion_no_features_member.geojson": (0, {"driver_refused": 1}),
        "invalid_featurecollection_crs_defined.geojson": (1, {}),
        "invalid_featurecollection_feature_nullfeature.geojson": (0, {"geometry_null": 1}),
        "invalid_featurecollection_nulltype.geojson": (0, {"driver_refused": 1}),
        "invalid_featurecollection_type_lowercase.geojson": (0, {"driver_refused": 1}),
        "invalid_featurecollection_unknown_type.geojson": (0, {"driver_refused": 1}),
        "invalid_geometry_bbox_not4or6.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_geometry_bbox_not_list.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_geometry_bbox_not_numbers.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_geometry_coordinates_1d.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_coordinates_4d.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_coordinates_empty_position.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_coordinates_missing.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_coordinates_string.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_geometry_depth_deep_point.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_geometry_depth_deep_polygon.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_depth_shallow_linestring.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_depth_shallow_multipolygon.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_depth_shallow_polygon.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_geometrycollection_nested.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_geometry_geometrycollection_null_geometry.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_geometrycollection_single.geojson": (0, {"geometry_not_polygon": 1}),
        "invalid_geometry_missing_type.geojson": (0, {"driver_refused": 1}),
        "invalid_geometry_misslabeled_point.geojson": (0, {"geometry_broken": 1}),
        "invalid_geometry_wrong_geometry_type.geojson": (0, {"driver_refused": 1}),
    },
    "geojson-validator/problematic_geometries": {
        "problematic_3d_coordinates.geojson": (1, {}),
        "problematic_crosses_antimeridian.geojson": (1, {}),
        "problematic_duplicate_nodes.geojson": (1, {}),
        "problematic_excessive_coordinate_precision.geojson": (1, {}),
        "problematic_excessive_vertices.geojson": (1, {}),
        "problematic_feature_null_geometry.geojson": (0, {"geometry_null": 1}),
        "problematic_holes.geojson": (1, {}),
        "problematic_multitype_geometry_with_just_one_geometry.geojson": (1, {}),
        "problematic_outside_lat_lon_boundaries.geojson": (1, {}),
        "problematic_self_intersection_large.geojson": (1, {}),
        "problematic_self_intersection_small.geojson": (1, {}),
        "problematic_wrong_bbox_coordinate_order.geojson": (1, {}),
        "problematic_zero_length_linestring.geojson": (0, {"geometry_not_polygon": 1}),
    },
    "geojson-validator/problematic_structure": {
        "invalid_crs_defined.geojson": (1, {}),
    },
    "geojson-validator/valid": {
        "valid_feature.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_feature_null_geometry.geojson": (0, {"geometry_null": 1}),
        "valid_feature_null_properties.geojson": (1, {}),
        "valid_feature_with_bbox.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_feature_with_id.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_feature_with_string_id.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_featurecollcetion_with_geometrycollection.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_featurecollection.geojson": (1, {}),
        "valid_featurecollection_bboxes.geojson": (2, {}),
        "valid_featurecollection_empty_features.geojson": (0, {"layer_empty": 1}),
        "valid_featurecollection_multiple_feature_types.geojson": (2, {"geometry_not_polygon": 2}),
        "valid_geometry.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_geometry_3d_coordinates.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_geometry_bbox.geojson": (1, {}),
        "valid_geometry_geometrycollection.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_geometry_geometrycollection_empty_geometries.geojson": (0, {"geometry_null": 1}),
        "valid_geometry_linestring.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_geometry_multilinestring.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_geometry_multipoint.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_geometry_multipolygon.geojson": (1, {}),
        "valid_geometry_point.geojson": (0, {"geometry_not_polygon": 1}),
        "valid_geometry_polygon.geojson": (1, {}),
    },
    "pyshp": {
        "LICENSE.TXT": (0, {"txt_other": 1}),
        "corrupt_too_long.shp": (0, {"geometry_not_polygon": 10}),
        "edit.shp": (663, {}),
        "latin1.shp": (0, {"file_broken": 1}),
    },
    "fiona": {
        "!test.geojson": (1, {}),
        "LICENSE.txt": (0, {"txt_other": 1}),
        "gre.shp": (1, {}),
        "grenada.geojson": (1, {}),
        "issue627.geojson": (3, {}),
        "test_gpx.gpx": (1, {}),
        "test_tin.shp": (0, {"geometry_broken": 1}),
        "testopenfilegdb.gdb.zip": (
            33, {"geometry_broken": 5, "geometry_not_polygon": 58, "geometry_null": 28, "layer_empty": 1},
        ),
    },
    "geotools_shp": {
        "chinese_poly.shp": (1, {}),
        "holeTouchEdge.shp": (1, {}),
    },
    "geotools_shp/deleted": {
        "archsites.shp": (0, {"geometry_not_polygon": 21}),
    },
    "geotools_shp/missing": {
        "aaa1.shp": (1, {}),
        "aaa2.shp": (1, {}),
    },
    "geotools_shp/mzvalues": {
        "mzpolygons.shp": (2, {}),
        "polygonm.shp": (1, {}),
        "polygonz.shp": (1, {}),
    },
}  # fmt: skip


def outcome(path):
    refused, rows = [], 0
    try:
        rows = sum(len(kept) for layer in read_file(path, refused, {}) for kept in polygonal_layer(layer, refused))
    except InputRefusedError as error:
        refused += error.refusals
    assert all(one.file.startswith(str(path)) for one in refused)
    assert all(one.sentence(language).strip() for one in refused for language in ("zh", "en"))
    return rows, dict(sorted(Counter(one.code for one in refused).items()))


FILES = {f"{folder}/{name}": wanted for folder, files in OUTCOMES.items() for name, wanted in files.items()}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_by_name(shared, name):
    assert outcome(shared / "vectors" / name) == FILES[name]


def test_the_table_lists_every_file(shared):
    root = shared / "vectors"
    files = [path for gallery in GALLERIES for path in sorted((root / gallery).rglob("*")) if path.is_file()]
    readable = {path.relative_to(root).as_posix() for path in files if suffix_of(path) in FORMATS}
    assert readable == set(FILES)
    for path in files:
        if suffix_of(path) not in FORMATS | dict.fromkeys(SIDECARS):
            assert outcome(path) == (0, {"format_unknown": 1})

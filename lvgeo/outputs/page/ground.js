/* Ground: villages and plots as shapes, their labels, and where the map looks. */
(function (lv) {
  "use strict";

  var MANY_SHAPES = 1000;
  var LABEL_PX = 13;
  var LEAST_LABEL_PX = 20;
  var renderer;
  var plotRenderer;
  var labels = L.layerGroup();

  lv.drawGround = function () {
    var map = lv.map;
    map.setMaxZoom(22);
    map.getContainer().setAttribute("aria-label", lv.data.title);
    map.invalidateSize({ animate: false, pan: false });  // the words of heading and foot came after the map
    var shapes = lv.data.villages.length + 2 * (lv.data.plot_count || 0);
    var many = shapes > MANY_SHAPES;
    renderer = many ? L.canvas({ padding: 0.3 }) : L.svg({ padding: 0.3 });
    lv.pane("lv-plots", 420);
    plotRenderer = many ? renderer : L.svg({ padding: 0.3, pane: "lv-plots" });
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomleft" }).addTo(map);
    nameZoom("in");
    nameZoom("out");
    labels.addTo(map);
    // What lags is drawn last, so that its outline lies on top where two villages share a border.
    for (var place = lv.data.villages.length - 1; place >= 0; place -= 1) { drawVillage(lv.data.villages[place], place); }
    lv.fitAll(false);
    map.setMinZoom(3);  // only now: told earlier, the map would glide there from where it was made
  };

  // Leaflet's own two buttons speak English.
  function nameZoom(way) {
    var button = lv.map.getContainer().querySelector(".leaflet-control-zoom-" + way);
    button.title = lv.words["zoom_" + way];
    button.setAttribute("aria-label", button.title);
  }

  lv.pane = function (name, level) {
    var node = lv.map.createPane(name);
    node.style.zIndex = level;
    if (level < 420) { node.style.pointerEvents = "none"; }
    return node;
  };

  function drawVillage(village, place) {
    if (!village.shape.length) { return; }
    village.layer = L.polygon(village.shape, style(village, place, { renderer: renderer })).addTo(lv.map);
    village.layer.on("click", function () { lv.select(place, false); });
    village.layer.on("mouseover", function () { lv.point(place, true); });
    village.layer.on("mouseout", function () { lv.point(place, false); });
    var label = lv.make("span", "lv-label");
    label.appendChild(lv.icon(lv.states[village.state], 16));
    label.appendChild(lv.make("bdi", "lv-label-name", village.name));
    village.label = label;
    village.marker = L.marker(village.centre, {
      icon: L.divIcon({ className: "lv-label-box", html: label, iconSize: [0, 0] }), interactive: false, keyboard: false
    });
  }

  function style(village, place, more) {
    var mark = lv.states[village.state];
    var bare = place === lv.selected && village.pictures && village.pictures.length && lv.mode !== "off";
    more = more || {};
    more.color = place === lv.selected ? "#1f2328" : mark.colour;
    more.weight = place === lv.selected ? 3.5 : 2.2;
    more.dashArray = mark.dash || null;
    more.fillColor = mark.colour;
    more.fillOpacity = bare ? 0 : 0.42;
    more.opacity = 1;
    return more;
  }

  // A plot's shape and its light casing; drawn when its village's details are there.
  lv.drawPlot = function (plot, number) {
    if (!plot.shape.length) { return; }
    var mark = lv.severities[plot.severity];
    var pane = renderer === plotRenderer ? "overlayPane" : "lv-plots";
    plot.casing = L.polygon(plot.shape, { renderer: plotRenderer, pane: pane, color: "#fff", weight: 4.5, opacity: 0.85, fill: false, interactive: false });
    plot.line = L.polygon(plot.shape, {
      renderer: plotRenderer, pane: pane, color: mark.colour, weight: 2.4, dashArray: mark.dash || null, fillColor: "#fff", fillOpacity: 0.04
    });
    plot.line.on("click", function (event) { L.DomEvent.stopPropagation(event); lv.selectPlot(number); });
    plot.casing.addTo(lv.map);
    plot.line.addTo(lv.map);
  };

  lv.point = function (place, on) {
    var village = lv.data.villages[place];
    if (village.layer && place !== lv.selected) { village.layer.setStyle({ weight: on ? 4 : 2.2 }); }
    if (village.item) { village.item.classList.toggle("lv-hover", on); }
  };

  lv.fitAll = function (animate) {
    var bounds = L.latLngBounds([]);
    lv.data.villages.forEach(function (village) { if (village.layer) { bounds.extend(village.layer.getBounds()); } });
    if (!bounds.isValid()) { lv.plots.forEach(function (plot) { if (plot.line) { bounds.extend(plot.line.getBounds()); } }); }
    bounds.extend(lv.boundsOfFlows());
    if (bounds.isValid()) { lv.map.fitBounds(bounds, { paddingTopLeft: [20, 22 + lv.byId("bar").offsetHeight], paddingBottomRight: [20, 24], animate: animate && !lv.calm }); }
  };

  // Photographs that cover only part of a village are what a person came to see.
  lv.focusOf = function (village) {
    var whole = village.layer.getBounds();
    var seen = L.latLngBounds([]);
    (village.pictures || []).forEach(function (picture) { seen.extend(picture.bounds); });
    if (!seen.isValid()) { return whole; }
    var small = seen.getNorthEast().distanceTo(seen.getSouthWest()) < 0.5 * whole.getNorthEast().distanceTo(whole.getSouthWest());
    return small ? seen.pad(0.12) : whole;
  };

  // Leave free what the card and the bar cover: the right side of a wide map, the lower edge of a narrow one.
  lv.fitTo = function (bounds) {
    var card = lv.byId("card").getBoundingClientRect();
    var frame = lv.map.getContainer().getBoundingClientRect();
    var narrow = lv.narrow();
    var top = 44 + lv.byId("bar").offsetHeight;
    var side = narrow || lv.byId("card").hidden ? 0 : card.width;
    var below = narrow ? Math.max(0, Math.min(frame.bottom, window.innerHeight) - card.top) : 0;
    lv.map.fitBounds(bounds, {
      paddingTopLeft: [narrow ? 14 : 36, top], paddingBottomRight: [(narrow ? 14 : 36) + side, 24 + below],
      maxZoom: 21, animate: !lv.calm
    });
  };

  // Only labels that have room: a name inside its village, an icon alone where the name does not fit.
  lv.layoutLabels = function () {
    var view = lv.map.getBounds().pad(0.2);
    lv.data.villages.forEach(function (village, place) {
      if (!village.layer) { return; }
      var box = village.layer.getBounds();
      var west = lv.map.latLngToContainerPoint(box.getNorthWest()).x;
      var width = lv.map.latLngToContainerPoint(box.getSouthEast()).x - west;
      var wanted = village.visible !== false && place !== lv.selected && width > LEAST_LABEL_PX && view.contains(village.centre);
      lv.toggle(village.marker, wanted, labels);
      var wide = 24 + LABEL_PX * Array.from(village.name).slice(0, 14).length * (lv.data.language === "zh" ? 1 : 0.6);
      village.label.classList.toggle("lv-icon-only", width < wide);
    });
  };

  lv.toggle = function (layer, visible, group) {
    var holder = group || lv.map;
    if (visible !== holder.hasLayer(layer)) { if (visible) { holder.addLayer(layer); } else { holder.removeLayer(layer); } }
  };

  lv.restyle = function () {
    lv.data.villages.forEach(function (village, place) {
      if (village.layer) { village.layer.setStyle(style(village, place)); }
    });
    var chosen = lv.data.villages[lv.selected];
    if (chosen && chosen.layer && lv.map.hasLayer(chosen.layer)) { chosen.layer.bringToFront(); }
    if (renderer === plotRenderer) {
      lv.plots.forEach(function (plot) { if (plot.line && lv.map.hasLayer(plot.line)) { plot.casing.bringToFront(); plot.line.bringToFront(); } });
    }
    lv.layoutLabels();
  };
}(window.lvgeo));

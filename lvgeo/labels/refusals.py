"""Why a file or feature was refused or left out, and what to do about it."""

from __future__ import annotations

from typing import Final

from lvgeo.labels.rows import TABLE as _ROWS

__all__ = ["REMEDIES", "WORDS"]

# One table, so that no refusal can be without a remedy: code → (zh, en, zh remedy, en remedy).
_TABLE: Final[dict[str, tuple[str, str, str, str]]] = {
    # -- files -------------------------------------------------------------------------------------------------
    "file_missing": (
        "找不到文件或文件夹“{value}”",
        "no such file or folder: {value}",
        "请检查路径是否写对",
        "check how the path is written",
    ),
    "folder_empty": (
        "文件夹中没有可以读取的文件（需要{limit}）",
        "the folder holds nothing that can be read (wanted: {limit})",
        "请把文件放入该文件夹后重新运行",
        "put the files there and run again",
    ),
    "format_unknown": (
        "不支持的文件格式“{value}”（可用：{limit}）",
        "format {value} is not read (these are: {limit})",
        "请另存为可用的格式",
        "save it as one of those",
    ),
    "driver_refused": (
        "文件内容与扩展名不符，或不是允许的格式：{value}",
        "what the file holds is not what its name says, or not a format that is allowed: {value}",
        "请导出为真正的 {limit} 文件；虚拟文件（VRT）不予读取",
        "export it as a real {limit} file; virtual files (VRT) are not opened",
    ),
    "job_failed": (
        "处理该村影像时程序出错（{value}），本次未能评估，其他村不受影响",
        "lvgeo failed on this village's image ({value}): it is not judged this time, the other villages are",
        "请把这一行连同该影像发给 lvgeo 的维护者",
        "send this line and the image to lvgeo's maintainers",
    ),
    "file_broken": (
        "文件损坏，无法读取：{value}",
        "the file is damaged and cannot be read: {value}",
        "请重新拷贝或重新导出该文件",
        "copy or export the file again",
    ),
    "memory_short": (
        "内存不足，未能读完该文件",
        "memory ran out while this file was read",
        "请关闭其他程序或换内存更大的电脑后重新运行；该文件本身未必有问题",
        "close other programs, or take a machine with more memory, and run again; the file may well be sound",
    ),
    "file_too_large": (
        "文件声明的大小 {value} 超过上限 {limit}",
        "the file declares {value}, more than the limit of {limit}",
        "请检查文件是否损坏；如确需这么大，请先裁切",
        "check whether the file is damaged; if it really is that large, cut it first",
    ),
    "write_failed": (
        "无法写入文件：{value}",
        "the file cannot be written: {value}",
        "请清理磁盘空间，或先关闭正在打开它的程序（如 Excel），再重试",
        "free some disk space, or close the program that holds it open (Excel, say), then run again",
    ),
    "file_exists": (
        "文件已经存在，不会覆盖",
        "the file is there already and is not overwritten",
        "请换一个文件夹，或先移走该文件",
        "choose another folder, or move the file away first",
    ),
    "lock_held": (
        "另一个 lvgeo 正在处理这个文件夹（{value}）",
        "another lvgeo run is working on this folder ({value})",
        "请等它结束后再运行",
        "wait for it to end, then run again",
    ),
    "ledger_newer": (
        "台账由更新版本的 lvgeo 建立（版本 {value}，本程序支持到 {limit}）",
        "a later lvgeo made this ledger (version {value}; this one knows up to {limit})",
        "请升级 lvgeo",
        "upgrade lvgeo",
    ),
    # -- settings ----------------------------------------------------------------------------------------------
    "settings_broken": (
        "campaign.toml 写法有误：{value}",
        "campaign.toml cannot be read: {value}",
        "请改正该行，或用 lvgeo init 重新生成一份对照",
        "mend that line, or make a fresh file with lvgeo init to compare with",
    ),
    "setting_unknown": (
        "没有“{value}”这个设置项，最接近的是“{limit}”",
        "there is no setting {value}; the nearest is {limit}",
        "请改成正确的设置项，或删去该行",
        "write the right name, or delete the line",
    ),
    "setting_wrong": (
        "设置项“{feature}”的值 {value} 不可用：{limit}",
        "setting {feature} = {value} cannot be used: {limit}",
        "请改正 campaign.toml 中的这一项",
        "mend it in campaign.toml",
    ),
    "month_not_recorded": (
        "{value} 还没有结果，无法重画地图",
        "nothing is recorded of {value} to draw a map from",
        "请先运行 lvgeo month",
        "run lvgeo month first",
    ),
    "scene_changed": (
        "{value} 的影像已不在，或与判定时的不同，未切片",
        "the images of {value} are gone or not those judged, so no tiles were cut",
        "地图仍显示缩小的影像；请放回原影像后重画",
        "the map still shows them small; put the images back and draw again",
    ),
    "month_to_come": (
        "{value} 还没有开始：记录日期为 {limit}",
        "{value} has not begun: it would be recorded on {limit}",
        "请核对月份，以及电脑的日期",
        "check the month, and the computer's date",
    ),
    "month_wrong": (
        "“{value}”不是月份",
        "{value} is not a month",
        "请写成 2024-03 的形式",
        "write it like 2024-03",
    ),
    "model_broken": (
        "不是完整的冠层模型：{value}",
        "is not a whole canopy model: {value}",
        "请用 lvgeo train 重新训练，或从原处再复制整个模型文件夹",
        "train it again with lvgeo train, or copy the model's whole folder again",
    ),
    "model_coarse": (
        "冠层模型是在 {value} 米的像元上训练的（上限 {limit} 米），新栽的树看不出来",
        "the canopy model was trained on pixels of {value} m (the limit is {limit} m): no young crown shows in them",
        "请用本街道的影像运行 lvgeo train 重新训练，或改用 trees",
        "train one on the street's own images with lvgeo train, or take trees",
    ),
    "raster_model_gsd": (
        "影像的地面分辨率为 {value} 米，冠层模型是在 {limit} 米上训练的，纹理对不上",
        "the image's pixels are {value} m on the ground, those that the canopy model was trained on {limit} m: "
        "its texture is another",
        "请提供分辨率更高的影像，或用这样的影像运行 lvgeo train 另训练一个模型",
        "use finer images, or train a model on images like these with lvgeo train",
    ),
    "samples_one_class": (
        "样本只有一类",
        "the samples have one class only",
        "请同时标出冠层与其他地面",
        "mark both canopy and other ground",
    ),
    "samples_unmatched": (
        "没有样本落在任何影像上",
        "no sample lies on any image",
        "请检查样本的坐标系、village_code、month 或 year 列",
        "check the samples' reference system and their columns village_code, month or year",
    ),
    "samples_overlap": (
        "所标地面的 {value} 同时标为冠层与其他，按未知处理，未用于训练",
        "{value} of the marked ground is marked both canopy and other; it is taken for unknown and not trained on",
        "请修改样本，使同一处只属一类；树冠可整个画在较大的其他地面之内",
        "mend the samples, so that no ground has two classes; crowns may be drawn wholly within larger other ground",
    ),
    "sample_shape": (
        "该样本不是点或面（而是 {value}）",
        "the sample is neither point nor polygon but {value}",
        "请改画成点（每棵树一点）或面",
        "draw it as a point (one a tree) or a polygon",
    ),
    "sample_value": (
        "列 {limit} 的值“{value}”不是数",
        "column {limit} holds “{value}”, which is no number",
        "请改正该行的值，或删除该行",
        "mend the value in that row, or delete the row",
    ),
    "extra_missing": (
        "缺少 {value}",
        "{value} is not installed",
        "请运行 pip install '{limit}'",
        "run pip install '{limit}'",
    ),
    "engine_unreachable": (
        "{value} 没有 Dask 调度器应答，或中途断开",
        "no Dask scheduler answers at {value}, or it went away",
        "请检查主机、端口与防火墙，或在那里运行 dask scheduler；不写 --engine 就在本机运行",
        "check host, port and firewall, or run dask scheduler there; without --engine all runs on this machine",
    ),
    "engine_idle": (
        "{value} 的调度器 {limit} 秒没有一个 worker",
        "the scheduler at {value} has had no worker for {limit} s",
        "请在干活的机器上运行 dask worker（同样装好 lvgeo、看得见同一文件夹）；不写 --engine 就在本机运行",
        "run dask worker on machines with lvgeo and the same folders; without --engine all runs here",
    ),
    "job_lost": (
        "处理该村时 worker 接连中止，已放弃该村",
        "worker after worker died at this village, and it was given up",
        "多半是内存不足：请给 worker 更多内存，或不写 --engine 在本机运行",
        "most likely memory ran out: give the workers more, or run without --engine",
    ),
    "sample_empty": (
        "有 {value} 行没有图形，未用于训练",
        "{value} rows have no shape and were not trained on",
        "请补画图形，或删除这些行",
        "draw their shapes, or delete the rows",
    ),
    "sample_gap": (
        "有 {value} 行的 {limit} 有空缺，看不出属于哪幅影像，未用于训练",
        "{value} rows have a gap in {limit}: they belong to no image and were not trained on",
        "请补填，或删去整列（样本便属于各自所在的每幅影像）",
        "fill the gaps, or delete the column: samples then belong to every image on which they lie",
    ),
    "sample_outside": (
        "有 {value} 行没有落在任何已读取的影像上，未用于训练",
        "{value} rows lie on none of the images that were read, and were not trained on",
        "请核对样本的坐标系与位置，或把所在的影像也给出",
        "check the samples' reference system and place, or give the images that they lie on too",
    ),
    "sample_no_image": (
        "有 {value} 行不属于所给的任何影像（按 {limit} 列），未用于训练",
        "{value} rows belong to none of the images given, by their columns {limit}, and were not trained on",
        "请核对这几列，或把所指的影像也给出",
        "check these columns, or give the images that they name too",
    ),
    "mask_ambiguous": (
        "分不清哪个掩膜属于哪幅影像：{value}",
        "which mask is of which image cannot be told: {value}",
        "请让掩膜与影像放在同名的子文件夹里，如 2024-01/名称.tif，每幅影像一个",
        "lay masks in folders named as the images' are, such as 2024-01/name.tif, one an image",
    ),
    "mask_unmatched": (
        "没有与此掩膜同名的影像",
        "no image has the name of this mask",
        "请按影像的名称与文件夹命名掩膜",
        "name the mask, and the folder that it lies in, as the image's are",
    ),
    "mask_size": (
        "掩膜大小为 {value}，影像为 {limit}",
        "the mask has {value}, its image {limit}",
        "请使用与影像逐像元对应的掩膜",
        "use a mask drawn on the image's own pixels",
    ),
    "mask_elsewhere": (
        "掩膜写明的位置与同名影像相差 {value} 米",
        "the mask says that it lies {value} m from the image of its name",
        "请核对掩膜是不是该影像的；如是，请重新导出，使其位置与影像一致",
        "check whether it is that image's; if so, export it again where the image lies",
    ),
    "mask_numbers": (
        "掩膜的数值有 {value}，看不出哪个是冠层",
        "the mask holds {value}: which of them is canopy cannot be told",
        "请改成两类：0 为其他，另一个数（如 1）为冠层；没有标注的地方设为无数据值",
        "make two of them, 0 other and one more (1, say) canopy; where nothing was marked, nodata",
    ),
    "class_unknown": (
        "类别“{value}”不认识（可用：{limit}）",
        "the class {value} is not known (there are: {limit})",
        "请改为 canopy 或 other",
        "write canopy or other",
    ),
    "column_missing": (
        "缺少列 {feature}",
        "there is no column {feature}",
        "请补上这一列",
        "add that column",
    ),
    "too_many_rows": (
        "有 {value} 行，上限 {limit}",
        "{value} rows, limit {limit}",
        "请分成几个文件",
        "split the file",
    ),
    "model_unavailable": (
        "没有名为“{value}”的冠层模型（可用：{limit}）",
        "there is no canopy model {value} (there are: {limit})",
        "请在 --model 或 campaign.toml 的 imagery.model 中选一个可用的",
        "choose one of those with --model or imagery.model in campaign.toml",
    ),
    "option_wrong": (
        "选项 {feature} 的值“{value}”不可用（可用：{limit}）",
        "{feature} cannot be {value} (it can be: {limit})",
        "请改正后重新运行，用 --help 查看示例",
        "write it again; --help shows an example",
    ),
    "ledger_entry_missing": (
        "台账中没有它在 {value} 的通报",
        "the ledger holds no notice for it in {value}",
        "请用 lvgeo ledger DIR list 查看已有的记录",
        "see what is recorded with lvgeo ledger DIR list",
    ),
    # -- vectors -----------------------------------------------------------------------------------------------
    "crs_missing": (
        "没有坐标系（缺少 .prj 或等效信息），坐标 {value} 也推断不出",
        "there is no coordinate reference system (no .prj, or nothing like it), and {value} suggests none",
        "请补上 .prj，或在 campaign.toml 的 land.assume_crs 中写明（如 EPSG:4490）",
        "add the .prj, or name the system in land.assume_crs of campaign.toml (EPSG:4490, say)",
    ),
    "crs_unnamed": (
        "文件没有写明坐标系",
        "the file names no coordinate reference system",
        "请连同坐标系重新导出（在 QGIS 中另存时选定）",
        "export it again with its reference system (in QGIS it is chosen on saving)",
    ),
    "crs_ambiguous": (
        "没有坐标系，坐标 {value} 有几种可能（括号前为落在村内的比例）：{limit}",
        "there is no coordinate reference system, and {value} fits several (with the share inside villages): {limit}",
        "请向提供者核实，并用 --assume-crs 或 campaign.toml 的 land.assume_crs 写明",
        "ask who made it, then say so by --assume-crs or land.assume_crs in campaign.toml",
    ),
    "txt_other": (
        "不是勘测定界 TXT，里面没有界址点，未读取",
        "this is no survey-boundary TXT and holds no boundary points: it was not read",
        "若是说明文件，可移到别处",
        "if it is a note, move it elsewhere",
    ),
    "txt_no_plots": (
        "不是勘测定界 TXT：没有以 @ 结尾的地块行",
        "this is no survey-boundary TXT: no line ends in @",
        "请检查文件，或另存为 shp、CSV",
        "check the file, or save it as a shapefile or CSV",
    ),
    "points_unreadable": (
        "界址点无法读取（行号或原因：{value}）",
        "its points cannot be read (line or reason: {value})",
        "请核对该地块的界址点",
        "check the points of that plot",
    ),
    "ring_too_short": (
        "不同的点少于3个（{value}）",
        "it has fewer than 3 different points ({value})",
        "请补全界址点",
        "add the missing points",
    ),
    "polyline_open": (
        "多段线没有闭合，首尾相距 {value}",
        "the polyline is open: {value} between its ends",
        "请在 CAD 中闭合后重新导出",
        "close it in the drawing and export again",
    ),
    "xml_entities": (
        "文件声明了 DOCTYPE 或实体，不予读取",
        "the file declares a document type or entities and is not read",
        "请用制图软件重新导出",
        "export it again from the mapping program",
    ),
    "ovobj_binary": (
        "ovobj 是奥维的二进制格式，无法读取",
        "ovobj is a binary format that cannot be read",
        "请在奥维中导出为 shp（坐标不加偏移）",
        "export a shapefile there: its coordinates are not shifted",
    ),
    "xls_old": (
        "旧版 Excel（.xls）不予读取",
        "old Excel files (.xls) are not read",
        "请另存为 .xlsx 或 .csv",
        "save it as .xlsx or .csv",
    ),
    "table_no_vertices": (
        "表中找不到坐标列（经度、纬度，或 X、Y）",
        "no row of the table names coordinates (lon and lat, or X and Y)",
        "请在表头写明，或在 campaign.toml 的 inputs.columns 中对照",
        "name them in the heading, or map them in inputs.columns of campaign.toml",
    ),
    "no_plant_kind_unknown": (
        "看不出是哪一类禁止种植图层：{value}",
        "it does not say what kind of no-plant layer it is: {value}",
        "请把文件命名为永久基本农田、耕地、电力线、水域或生态保护红线，或填写 no_plant_kind 字段",
        "name the file farmland, permanent farmland, power, water or redline, or fill in the field no_plant_kind",
    ),
    "voltage_missing": (
        "电力线没有可用的电压（千伏）：{value}",
        "the power line has no voltage in kV that can be used: {value}",
        "请填写 voltage_kv 字段，以便按电压确定保护区宽度",
        "fill in the field voltage_kv, by which the corridor's width is found",
    ),
    "crs_unreadable": (
        "无法识别坐标系“{value}”",
        "reference system {value} cannot be understood",
        "请用 EPSG 代码写明坐标系（如 EPSG:4490）",
        "name it by its EPSG code (EPSG:4490, say)",
    ),
    "geometry_broken": (
        "图形数据有误：{value}",
        "its geometry is malformed: {value}",
        "请重画该要素（每个环至少 4 点且首尾相同）",
        "draw it again (each ring has at least 4 points, the last the same as the first)",
    ),
    "boundary_repaired": (
        "村界自相交，已按修复后的图形使用（面积 {value}）",
        "the boundary crosses itself and was used as repaired (area {value})",
        "请改正边界数据",
        "mend the boundary",
    ),
    "crs_mixed": (
        "同一图层中有不同的坐标系：{value}",
        "one layer holds different coordinate reference systems: {value}",
        "请按坐标系分开保存成不同文件",
        "save each system in a file of its own",
    ),
    "crs_ballpark": (
        "从 {value} 到 {limit} 没有可靠的基准转换",
        "there is no trustworthy datum shift from {value} to {limit}",
        "请向提供单位索取 2000 国家大地坐标系（CGCS2000）成果",
        "ask whoever made it for the data in CGCS2000",
    ),
    "layer_empty": (
        "图层中没有任何要素",
        "the layer holds no features",
        "请检查导出时是否选中了要素",
        "check what was selected when it was exported",
    ),
    "geometry_null": (
        "该要素没有图形",
        "the feature has no geometry",
        "请补画图形，或删除该行",
        "draw it, or delete the row",
    ),
    "geometry_not_polygon": (
        "该要素不是面（而是 {value}）",
        "the feature is not a polygon but {value}",
        "请改画成面",
        "draw it as a polygon",
    ),
    "geometry_out_of_range": (
        "坐标超出经纬度或投影的有效范围：{value}",
        "coordinates lie outside what the reference system allows: {value}",
        "请检查坐标系是否写错、坐标是否颠倒",
        "check the reference system, and whether x and y are swapped",
    ),
    "village_code_missing": (
        "村（社区）边界缺少行政代码",
        "a village boundary has no code",
        "请在 village_code 字段填写 12 位行政代码",
        "fill the field village_code with its 12 digits",
    ),
    "village_code_malformed": (
        "行政代码“{value}”不是 12 位数字",
        "village code {value} is not 12 digits",
        "请把该列设为文本格式并填写 12 位代码（Excel 可能把它变成了科学计数）",
        "make the column text and write all 12 digits (a spreadsheet may have turned them into 4.4E+11)",
    ),
    "village_code_duplicate": (
        "行政代码“{value}”出现了不止一次",
        "village code {value} stands more than once",
        "请合并为一个要素，或改正代码",
        "merge the features, or mend the code",
    ),
    "village_code_unknown": (
        "边界图层中没有代码为“{value}”的村（社区）",
        "no boundary has the village code {value}",
        "请改正代码，或补充该村的边界",
        "mend the code, or add that village's boundary",
    ),
    "field_missing": (
        "缺少字段“{value}”（现有字段：{limit}）",
        "field {value} is missing (there are: {limit})",
        "请补上该字段，或在 campaign.toml 的 [inputs.columns] 中写明对应的字段名",
        "add it, or name the field that holds it under [inputs.columns] in campaign.toml",
    ),
    "value_unreadable": (
        "字段“{limit}”的值“{value}”无法理解，已按空值处理",
        "field {limit} holds {value}, which cannot be understood and was left empty",
        "请改正该值",
        "mend the value",
    ),
    "plot_id_duplicate": (
        "地块编号“{value}”出现了不止一次",
        "plot id {value} stands more than once",
        "请为每个地块编不同的编号",
        "give each plot an id of its own",
    ),
    # -- rows of registers --------------------------------------------------------------------------------------
    **_ROWS,
    # -- rasters -----------------------------------------------------------------------------------------------
    "raster_bands": (
        "影像有 {value} 个波段，需要 {limit}",
        "the image has {value} band(s); wanted: {limit}",
        "请导出包含红、绿、蓝的影像，并写明波段名称；如是地表模型（DSM），文件名请以 dsm 结尾",
        "export it with red, green and blue, and the bands named; the name of a surface model must end in dsm",
    ),
    "raster_band_roles": (
        "看不出哪个波段是 {limit}（文件写明的是：{value}）",
        "nothing says which band is {limit} (the file says: {value})",
        "请在导出时写明波段名称或颜色解释",
        "name the bands, or set their colour interpretation, when exporting",
    ),
    "raster_not_reaching": (
        "影像没有覆盖到该村（社区）的任何范围",
        "the image does not reach the village at all",
        "请检查影像坐标系，或该文件是否放错了村",
        "check the image's reference system, and whether the file is this village's",
    ),
    "image_unread": (
        "不是 GeoTIFF（.tif）而是“{value}”，没有读取",
        "this is no GeoTIFF (.tif) but {value}, and it was not read",
        "如是影像，请导出或转换为 GeoTIFF（.tif），放在同一文件夹；如不是，请移到别处",
        "if it is an image, export or convert it to GeoTIFF (.tif), in the same folder; if not, move it elsewhere",
    ),
    "image_packed": (
        "压缩包（{value}）不会打开，其中如有影像也没有读取",
        "packed files ({value}) are not opened: no image in it was read",
        "请解压，把其中的 .tif 直接放在该文件夹；已解压的，请把压缩包移到别处",
        "unpack it and put the .tif files themselves into the folder; if that is done, move the packed file elsewhere",
    ),
    "image_folder": (
        "影像文件夹里的子文件夹不会打开，其中的文件没有读取",
        "folders within a folder of images are not opened: no file in it was read",
        "请把其中的 .tif 移到上一级文件夹；其他的请移到别处",
        "move the .tif files in it up to the folder of images, and anything else elsewhere",
    ),
    "raster_grey": (
        "影像没有颜色：各波段数值相同（黑白影像），或只是染成一种色调的黑白影像，认不出冠层",
        "the image shows no colours: its bands say the same (grey, or grey that was tinted); canopy cannot be told",
        "请提供该次飞行的彩色影像，并移走这个文件",
        "hand in the flight's image in colour, and move this file elsewhere",
    ),
    "raster_blurred": (
        "影像比同村另一日期的影像模糊得多（清晰度之比 {value}，至少应为 {limit}）：失焦、拖影，或由更粗的影像放大而来，"
        "冠层会显得增减，无法对比",
        "the image is much less sharp than the village's image of the other date ({value} of it, at least {limit} is "
        "needed): out of focus, moved, or blown up from wider pixels; canopy would seem to have come or gone",
        "请打开两幅影像放大查看；应重新飞行，或改用清晰的影像（若它是基准影像，则换一幅基准）",
        "open both and zoom in; fly again, or hand in a sharp image (where it is the baseline, another baseline)",
    ),
    "raster_colours": (
        "基准影像上偏绿的地方，本影像偏红（季节不同、假彩色红外，或波段次序不同），无法对比",
        "the image's colours are the reverse of its baseline's: what is greener there is redder here (another season, "
        "infrared false colour, or bands in another order), so they cannot be compared",
        "请打开两幅影像查看；应提供真彩色（红、绿、蓝）影像，或写明波段（波段名称，或 campaign.toml 的 imagery.bands）",
        "open both and look; hand in true colour (red, green, blue), or say which band is which, by band names or "
        "imagery.bands in campaign.toml",
    ),
    "trials_none": (
        "这两期没有任何村可以测定：没有可用的影像，或种植地块以外没有足够的地面",
        "nothing of these months can be tried: no image can be used, or there is too little ground beside the plots",
        "请核对两期影像（见上面列出的原因）与地块",
        "check the images of both (see the reasons above), and the plots",
    ),
    "image_monthless": (
        "直接放在影像根目录，没有归到任何月份，没有读取",
        "lies beside the months' folders, so it is of no month, and it was not read",
        "如是影像，请以 GeoTIFF（.tif）放入其拍摄月份的文件夹，例如 2024-09；如不是，请移到别处",
        "if it is an image, put it as GeoTIFF into its month's folder, such as 2024-09; if not, move it elsewhere",
    ),
    "month_folder": (
        "影像文件夹的名称“{value}”不是月份（年-月，如 2024-09），其中的文件没有读取",
        "the folder's name, {value}, is no month (YYYY-MM, such as 2024-09): no file in it was read",
        "如是某月的影像，请按该月改名；如不是，请移到别处",
        "if it holds a month's images, rename it to that month; if not, move it elsewhere",
    ),
    "raster_blank": (
        "影像在该村（社区）没有任何可用的像元：全是无数据（或透明）、纯黑或纯白",
        "the image shows nothing of the village: all of it there is nodata (or transparent), black or white",
        "请打开影像查看，核对导出范围与无数据值，然后重新导出",
        "open it and look, check the extent and the nodata value of the export, then export it again",
    ),
    "images_apart": (
        "与 {value} 的影像在该村（社区）没有共同拍到的地面，无法比较",
        "it has no observed ground of the village in common with the image of {value}, so the two cannot be compared",
        "请为两个日期都提供拍到全村的影像",
        "hand in images that show the whole village at both dates",
    ),
    "raster_unplaced": (
        "影像没有写明可用的位置（地理变换：{value}）",
        "the image does not say where it lies (its geotransform: {value})",
        "请连同坐标一起重新导出",
        "export it again with its georeference",
    ),
    "raster_bands_contradict": (
        "文件没有写波段名称，按默认读作（{value}），与 campaign.toml 的 imagery.bands（{limit}）矛盾，无法确定哪个对",
        "the file names no bands and reads as {value} by default; imagery.bands in campaign.toml ({limit}) contradicts "
        "that, and which is right cannot be told",
        "请在导出时写明波段名称；文件里的名称优先",
        "name the bands when exporting: names in the file go first",
    ),
    "raster_offsets": (
        "各波段按各自的偏移量，代表“无光”的数值不同（{value}），颜色无法比较",
        "by the offsets of its bands different numbers stand for no light ({value}): their colours cannot be compared",
        "请导出为各波段偏移量相同、或不带偏移量的反射率影像",
        "export reflectance with one offset for all bands, or with none",
    ),
    "flights_numbers": (
        "同一村同一月的影像数值大小相差太远（{value}），无法拼成一景",
        "images of one village and month count in different numbers ({value}): they cannot be laid beside each other",
        "请把这一月的各个架次按同一种数值（都是 0–1 的反射率，或都是同一种整数）导出",
        "export all flights of the month in the same numbers: all as reflectance of 0 to 1, or all as integers alike",
    ),
    "raster_dtype": (
        "影像的像元类型 {value} 不支持（可用：{limit}）",
        "pixels of type {value} are not read (these are: {limit})",
        "请导出为 8 位或 16 位无符号整数",
        "export as 8 or 16 bit unsigned integers",
    ),
    "raster_gsd": (
        "影像的地面分辨率 {value} 米，粗于上限 {limit} 米",
        "the image's pixels are {value} m on the ground; the limit is {limit} m",
        "请用分辨率更高的航拍影像",
        "use aerial images of a finer resolution",
    ),
    "image_recycled": (
        "{feature} 的影像与 {limit} 的影像有 {value} 的细部相同，是旧影像",
        "the image of {feature} is that of {limit} in {value} of what was compared",
        "请提供当月重新飞行的影像；本月不据此判断",
        "hand in images flown this month; nothing is judged by this one",
    ),
    "image_shaded": (
        "拍到的地面有 {value} 在本期或 {limit} 的影像上落在云影里，没有参与比较",
        "on {value} of the ground shown a cloud's shadow lies in this image or in that of {limit}: it is not compared",
        "请打开两期影像查看：本期有云影的，请在光照均匀时重飞；"
        "前一期有云影的，请另选一期（在 campaign.toml 中换基准月，compare 则换影像）",
        "open both: if this one is in shadow, fly again in even light; if the earlier one is, choose another (another "
        "baseline month in campaign.toml; in compare, another image)",
    ),
    "light_unknown": (
        "除去云影，两期影像在该村（社区）几乎没有共同的地面，无法调到同一光照",
        "beside a cloud's shadow next to no ground shows at both dates: the two cannot be brought to one light",
        "请在光照均匀（全晴或全阴）时重飞",
        "fly again in even light (clear, or overcast all over)",
    ),
    "image_twice": (
        "与“{value}”是同一个文件（内容逐字节相同），只用了那一个",
        "this is the same file as {value}, byte for byte: that one alone was used",
        "请移走多余的一个；如应为另一次飞行的影像，请重新拷贝",
        "move one of them elsewhere; if it should be another flight, copy it again",
    ),
    "flights_undecided": (
        "与 {value} 覆盖同一片地面，又看不出哪个飞得晚（都没有日期，或日期相同），按文件名先用了这一个",
        "shows the same ground as {value}, and nothing says which was flown later (no dates, or one day): this one was "
        "used first, by its name",
        "请移走不用的影像，或补上 TIFF 日期标签（TIFFTAG_DATETIME）",
        "move those not to be used elsewhere, or give the files their dates (the tag TIFFTAG_DATETIME)",
    ),
    "heights_undecided": (
        "与 {value} 都给出同一片地面的高程，按文件名先用了这一个",
        "gives heights of the same ground as {value}: this one was used first, by its name",
        "请只留下与该月影像同一次飞行的那一个，其余移到别处",
        "leave the one of the same flight as the month's images, and move the others elsewhere",
    ),
    "image_repeated": (
        "{feature} 的影像与 {limit} 的影像有 {value} 的细部相同，多半是同一幅影像",
        "the image of {feature} is that of {limit} in {value} of what was compared: one picture, it seems",
        "请核对是否给错了影像；同一幅影像之间不会有变化，其结果不说明问题",
        "check whether the right images were given: between a picture and itself nothing changes, so its result says "
        "nothing",
    ),
    "image_misdated": (
        "{feature} 的影像日期 {value} 早于所在月份 {limit}",
        "the image of {feature} bears the date {value}, before {limit}, under which it is filed",
        "请放入对应月份的文件夹，或提供当月影像；本月不据此判断",
        "put it under its own month, or hand in this month's; nothing is judged by it",
    ),
    "heights_pixels": (
        "不像地表模型（DSM）：波段数与像元类型为 {value}，应为一个波段、{limit} 之一",
        "this is no surface model (DSM): {value}; wanted: one band of {limit}",
        "请导出以米为单位的单波段高程；若是影像或晕渲图，请改名，不要以 dsm 结尾",
        "export heights in metres, in one band; if it is an image or a shaded picture, its name must not end in dsm",
    ),
    "heights_coarse": (
        "地表模型（DSM）的像元有 {value} 米，上限 {limit} 米，分不出树冠",
        "the surface model's (DSM) pixels are {value} m on the ground, the limit is {limit} m: no crown shows in it",
        "请导出分辨率更高的地表模型，或把它移到别处（只按影像判别）",
        "export a finer one, or move it elsewhere: canopy is then told by the image alone",
    ),
    "heights_partly": (
        "地表模型（DSM）只覆盖 {feature} 的 {value}（至少要 {limit}），未使用",
        "the surface model (DSM) reaches over {value} of {feature} (at least {limit} is wanted): it is not used",
        "请提供覆盖全村的地表模型，或把它移到别处",
        "hand in one of the whole village, or move it elsewhere",
    ),
    "heights_blank": (
        "地表模型（DSM）在该村几乎没有高程值（全是无数据）",
        "the surface model (DSM) holds next to no heights there: all of it is nodata",
        "请核对导出范围与无数据值，或把它移到别处（只按影像判别）",
        "check the export's extent and nodata value, or move it elsewhere: canopy is then told by the image alone",
    ),
    "heights_unit": (
        "地表模型（DSM）高程的单位不是米，或有许多错点：有 {value} 的地面高出旁边 300 米以上",
        "the surface model's (DSM) heights are no metres, or many are wrong: {value} of it stands more than "
        "300 m over the ground beside it",
        "请导出以米为单位的地表模型，或把它移到别处（只按影像判别）",
        "export it in metres, or move it elsewhere: canopy is then told by the image alone",
    ),
    "heights_flat": (
        "地表模型（DSM）里没有任何高出地面的东西（没有房屋、树木），像是地面模型（DEM）或空值；照此全部树冠都会被去掉",
        "nothing stands in the surface model (DSM), neither roof nor tree: it is one of the terrain, or blank. By "
        "it there would be no canopy",
        "请提供含房屋与树木的地表模型，或把它移到别处（只按影像判别）",
        "hand in the model of the surface, or move it elsewhere: canopy is then told by the image alone",
    ),
    "heights_holed": (
        "地表模型（DSM）在该村只有 {value} 的地面有高程，另一日期有 {limit}：空洞里的草地会只在一个日期算作冠层",
        "the surface model (DSM) knows {value} of the village, the other date's {limit}: lawns in its holes would "
        "be canopy at one date alone",
        "请补全空洞后重新导出，或把两个日期的地表模型都移到别处（只按影像判别）",
        "fill the holes and export it again, or move both dates' elsewhere: canopy is then told by the images alone",
    ),
    "heights_alone": (
        "{feature} 在 {value} 只有地表模型（DSM），没有影像；地表模型未使用",
        "{feature} has a surface model at {value} but no image; it is not used",
        "请补交该月的影像，或改用正确的月份文件夹与文件名",
        "hand in that month's image, or put the model under its own month and village",
    ),
    "heights_unpaired": (
        "{feature} 只有 {value} 有地表模型（DSM），{limit} 没有；两个日期都不按高度判别",
        "{feature} has a surface model at {value} but none at {limit}; heights are used for neither date",
        "请为两个日期都提供地表模型，或都不提供",
        "hand in a surface model for both dates, or for none",
    ),
    "second_without_heights": (
        "{feature} 在 {value} 的影像没有地表模型（DSM），而 {limit} 有；未用作种植前的第二幅影像",
        "{feature} has a surface model at {limit} but none at {value}: this image does not serve as a second baseline",
        "有该月的地表模型就请补交；没有也不影响本月",
        "hand in that month's surface model if there is one; the month stands without it",
    ),
    "scene_missing": (
        "没有 {value} 的影像",
        "there is no image for {value}",
        "请补飞或补交影像；缺影像本身不会被判为滞后",
        "fly or hand in the image; a missing image by itself is never held against a village",
    ),
    "font_missing": (
        "本机没有中文字体，图中改用英文和行政代码",
        "no Chinese font is installed here: the figures speak English, and name villages by code",
        "请安装一种中文字体（Windows 的微软雅黑、黑体或宋体，Linux 的 fonts-noto-cjk）后重新运行",
        "install one (Microsoft YaHei, SimHei or SimSun on Windows, fonts-noto-cjk on Linux) and run again",
    ),
    "baseline_missing": (
        "没有可用的基准期影像（{value}）",
        "there is no usable baseline image ({value})",
        "请补交种植前的影像",
        "hand in an image from before the planting",
    ),
}

WORDS: Final[dict[str, tuple[str, str]]] = {code: (row[0], row[1]) for code, row in _TABLE.items()}
REMEDIES: Final[dict[str, tuple[str, str]]] = {code: (row[2], row[3]) for code, row in _TABLE.items()}

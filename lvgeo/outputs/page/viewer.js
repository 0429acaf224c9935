/* The map's viewer. It reads one JSON block and draws everything from it. Text from the data only ever becomes text
   (textContent, or attributes that cannot run); nothing here builds markup from data. Written for browsers of 2018 on. */
(function () {
  "use strict";

  var map = window.map_lvgeo;
  var data = JSON.parse(document.getElementById("lv-data").textContent);
  var words = data.words;
  var SVG = "http://www.w3.org/2000/svg";
  var MANY_SHAPES = 2000;
  var FLICKER_MS = 900;
  var MIN_IMAGE_PX = 24;
  var LABEL_PX = 13;
  var THUMB_PX = 44;

  var states = {};
  data.states.forEach(function (state) { states[state.key] = state; });
  var severities = {};
  data.severities.forEach(function (severity) { severities[severity.key] = severity; });

  var hidden = {};
  var selected = -1;
  var mode = "swipe";
  var flickerTimer = 0;
  var flickerShown = true;
  var inView = false;  // whether any image can be seen: a street from afar has nothing to swipe
  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // -- small tools ---------------------------------------------------------------------------------------------

  function byId(id) { return document.getElementById("lv-" + id); }

  function make(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function makeSvg(tag, attributes, text) {
    var node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function say(code, values) {
    return words[code].replace(/\{(\w+)\}/g, function (whole, name) {
      return Object.prototype.hasOwnProperty.call(values, name) ? String(values[name]) : whole;
    });
  }

  function button(text, className, action) {
    var node = make("button", className, text);
    node.type = "button";
    node.addEventListener("click", action);
    return node;
  }

  function icon(mark, size) {
    var svg = makeSvg("svg", { viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true", "class": "lv-icon" });
    svg.appendChild(makeSvg("circle", { cx: 8, cy: 8, r: 7.6, fill: mark.colour, stroke: "#1f2328", "stroke-width": 0.7 }));
    var sign = makeSvg("g", { transform: "translate(2.4 2.4) scale(.7)" });
    sign.appendChild(makeSvg("path", { d: mark.icon, fill: mark.ink }));
    svg.appendChild(sign);
    return svg;
  }

  function sample(mark, filled) {
    var svg = makeSvg("svg", { viewBox: "0 0 34 16", width: 34, height: 16, "aria-hidden": "true" });
    svg.appendChild(makeSvg("rect", {
      x: 2, y: 2, width: 30, height: 12, fill: filled ? mark.colour : "none", "fill-opacity": 0.5,
      stroke: mark.colour, "stroke-width": 2.4, "stroke-dasharray": mark.dash || "none"
    }));
    return svg;
  }

  // -- frame ---------------------------------------------------------------------------------------------------

  function drawFrame() {
    document.documentElement.lang = data.language === "zh" ? "zh-CN" : "en";
    byId("title").textContent = data.title;
    var parts = [];
    if (data.month) { parts.push(data.month); }
    if (data.baseline) { parts.push(say("baseline", { baseline: data.baseline })); }
    byId("sub").textContent = parts.join(" · ");
    byId("secrecy").textContent = data.secrecy;
    byId("secrecy").hidden = !data.secrecy;
    byId("north-word").textContent = words.north;
    byId("how").textContent = words["how_" + data.family];
    drawNotes();
  }

  function drawNotes() {
    var notes = byId("notes");
    var said = data.generated_on ? [say("generated", { on: data.generated_on })] : [];
    if (data.crs_note) { said.push(data.crs_note); }
    said.push(words.made_with);
    notes.appendChild(document.createTextNode(said.join(" · ") + " · "));
    [["Leaflet", "https://leafletjs.com"], ["Folium", "https://python-visualization.github.io/folium/"]].forEach(
      function (credit, place) {
        var link = make("a", "", credit[0]);
        link.href = credit[1];
        link.rel = "noopener noreferrer";
        if (place) { notes.appendChild(document.createTextNode(" · ")); }
        notes.appendChild(link);
      });
  }

  function drawLegend() {
    var legend = byId("legend");
    legend.querySelector("summary").textContent = words.legend;
    var list = legend.querySelector("ul");
    function line(picture, text) {
      var item = make("li");
      item.appendChild(picture);
      item.appendChild(make("span", "", text));
      list.appendChild(item);
      return item;
    }
    data.states.forEach(function (state) {
      var item = line(sample(state, true), state.word);
      item.insertBefore(icon(state, 14), item.lastChild);
    });
    data.severities.forEach(function (severity) {
      var used = data.plots.some(function (plot) { return plot.severity === severity.key; });
      if (used) { line(sample(severity, false), words["plot_" + severity.key]); }
    });
    if (narrow()) { legend.open = false; }
  }

  function narrow() { return window.matchMedia("(max-width: 760px)").matches; }

  // -- map -----------------------------------------------------------------------------------------------------

  var renderer;
  var plotLayers = [];
  var afterPane;
  var beforePane;

  function drawMap() {
    map.setMaxZoom(22);
    map.getContainer().setAttribute("aria-label", data.title);
    beforePane = pane("lv-before", 210);
    afterPane = pane("lv-after", 211);
    pane("lv-change", 360);
    map.invalidateSize({ animate: false, pan: false });  // the words of heading and foot came after the map
    var shapes = data.villages.length + 2 * data.plots.length;
    var canvas = shapes > MANY_SHAPES ? L.canvas({ padding: 0.3 }) : null;
    renderer = canvas || L.svg({ padding: 0.3 });
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomleft" }).addTo(map);
    data.villages.forEach(drawVillage);
    var over = canvas || L.svg({ padding: 0.3, pane: paneName("lv-plots", 420) });
    data.plots.forEach(function (plot, place) { drawPlot(plot, place, over); });
    fitAll(false);
    map.setMinZoom(3);  // only now: told earlier, the map would glide there from where it was made
  }

  function pane(name, level) {
    var node = map.createPane(name);
    node.style.zIndex = level;
    if (level < 400) { node.style.pointerEvents = "none"; }
    return node;
  }

  function paneName(name, level) { pane(name, level); return name; }

  function drawVillage(village, place) {
    if (!village.shape.length) { return; }
    village.layer = L.polygon(village.shape, villageStyle(village, place, { renderer: renderer })).addTo(map);
    village.layer.on("click", function () { select(place, false); });
    village.layer.on("mouseover", function () { point(place, true); });
    village.layer.on("mouseout", function () { point(place, false); });
    var label = make("span", "lv-label");
    label.appendChild(icon(states[village.state], 16));
    label.appendChild(make("bdi", "lv-label-name", village.name));
    village.label = label;
    village.marker = L.marker(village.centre, {
      icon: L.divIcon({ className: "lv-label-box", html: label, iconSize: [0, 0] }), interactive: false, keyboard: false
    }).addTo(map);
  }

  function villageStyle(village, place, style) {
    var mark = states[village.state];
    style = style || {};
    style.color = place === selected ? "#1f2328" : mark.colour;
    style.weight = place === selected ? 3.5 : 2.2;
    style.dashArray = mark.dash || null;
    style.fillColor = mark.colour;
    style.fillOpacity = place === selected && hasPicture(village) && mode !== "off" ? 0 : 0.42;
    style.opacity = 1;
    return style;
  }

  function drawPlot(plot, place, over) {
    if (!plot.shape.length) { return; }
    var mark = severities[plot.severity];
    var casing = L.polygon(plot.shape, { renderer: over, pane: over.options.pane, color: "#fff", weight: 4.5, opacity: 0.85, fill: false, interactive: false });
    var line = L.polygon(plot.shape, {
      renderer: over, pane: over.options.pane, color: mark.colour, weight: 2.4, dashArray: mark.dash || null, fillColor: "#fff", fillOpacity: 0.04
    });
    line.on("click", function (event) { L.DomEvent.stopPropagation(event); selectPlot(place); });
    casing.addTo(map);
    line.addTo(map);
    plotLayers[place] = { casing: casing, line: line };
  }

  function point(place, on) {
    var village = data.villages[place];
    if (village.layer && place !== selected) { village.layer.setStyle({ weight: on ? 4 : 2.2 }); }
    if (village.item) { village.item.classList.toggle("lv-hover", on); }
  }

  function fitAll(animate) {
    var bounds = L.latLngBounds([]);
    data.villages.forEach(function (village) { if (village.layer) { bounds.extend(village.layer.getBounds()); } });
    data.plots.forEach(function (plot) { if (!data.villages.length && plot.shape.length) { bounds.extend(L.polygon(plot.shape).getBounds()); } });
    if (bounds.isValid()) { map.fitBounds(bounds, { padding: [26, 26], animate: animate && !calm }); }
  }

  // Leave free what the card covers: the right side of a wide map, the lower edge of a narrow one.
  // Photographs that cover only part of a village are what a person came to see.
  function focusOf(village) {
    var whole = village.layer.getBounds();
    var seen = L.latLngBounds([]);
    [village.before, village.after].forEach(function (picture) { if (picture) { seen.extend(picture.bounds); } });
    if (!seen.isValid()) { return whole; }
    var small = seen.getNorthEast().distanceTo(seen.getSouthWest()) < 0.5 * whole.getNorthEast().distanceTo(whole.getSouthWest());
    return small ? seen.pad(0.25) : whole;
  }

  function fitTo(bounds) {
    var card = byId("card").getBoundingClientRect();
    var frame = map.getContainer().getBoundingClientRect();
    var side = narrow() ? 0 : card.width;
    var below = narrow() ? Math.max(0, Math.min(frame.bottom, window.innerHeight) - card.top) : 0;
    map.fitBounds(bounds, {
      paddingTopLeft: narrow() ? [14, 56] : [36, 56], paddingBottomRight: [narrow() ? 14 : 36 + side, 24 + below],
      maxZoom: 21, animate: !calm
    });
  }

  function layoutLabels() {
    data.villages.forEach(function (village) {
      if (!village.layer) { return; }
      var box = village.layer.getBounds();
      var west = map.latLngToContainerPoint(box.getNorthWest()).x;
      var east = map.latLngToContainerPoint(box.getSouthEast()).x;
      var wide = 24 + LABEL_PX * Array.from(village.name).slice(0, 14).length * (data.language === "zh" ? 1 : 0.6);
      village.label.classList.toggle("lv-icon-only", east - west < wide);
    });
  }

  // -- images --------------------------------------------------------------------------------------------------

  function hasPicture(village) { return village.pictures.length > 0; }

  function anyPictures() { return data.villages.some(hasPicture); }

  function showPictures() {
    var view = map.getBounds();
    inView = false;
    data.villages.forEach(function (village, place) {
      ["before", "after"].forEach(function (side) {
        var picture = village[side];
        if (!picture || !worthDrawing(picture.bounds, view, place)) { return; }
        inView = true;
        if (picture.layer) { return; }
        picture.layer = L.imageOverlay(picture.uri, picture.bounds, { pane: "lv-" + side, interactive: false, alt: "" });
        picture.layer.addTo(map);
      });
      showOverlay(village, view, place);
    });
    showSplit();
  }

  function worthDrawing(corners, view, place) {
    var bounds = L.latLngBounds(corners);
    if (!view.intersects(bounds)) { return false; }
    var size = map.latLngToContainerPoint(bounds.getSouthEast()).subtract(map.latLngToContainerPoint(bounds.getNorthWest()));
    return place === selected || Math.max(size.x, size.y) > MIN_IMAGE_PX;
  }

  // -- which months, and the overlay of gain and loss ----------------------------------------------------------

  var picks = { before: "", after: "" };
  var overlayOn = false;

  function assignPictures() {
    data.villages.forEach(function (village) {
      ["before", "after"].forEach(function (side, number) {
        var wanted = picks[side] || village.ends[number];
        var found = null;
        village.pictures.forEach(function (picture) { if (picture.month === wanted) { found = picture; } });
        var old = village[side];
        if (old && old.layer) { old.layer.remove(); }
        village[side] = found ? { month: found.month, uri: found.uri, bounds: found.bounds } : null;
      });
    });
  }

  function allMonths() {
    var seen = {};
    data.villages.forEach(function (village) { village.pictures.forEach(function (one) { seen[one.month] = true; }); });
    return Object.keys(seen).sort();
  }

  function drawPicks(bar) {
    var months = allMonths();
    if (months.length > 2) {
      ["before", "after"].forEach(function (side) {
        var choice = make("select", "lv-pick");
        choice.id = "lv-pick-" + side;
        choice.setAttribute("aria-label", words["pick_" + side]);
        var usual = make("option", "", words["pick_" + side]);
        usual.value = "";
        choice.appendChild(usual);
        months.forEach(function (month) {
          var option = make("option", "", month);
          option.value = month;
          choice.appendChild(option);
        });
        choice.addEventListener("change", function () { pick(side, choice.value); });
        bar.appendChild(choice);
      });
    }
    if (data.villages.some(function (village) { return village.change; })) {
      var toggle = button(words.overlay, "", function () {
        overlayOn = !overlayOn;
        toggle.setAttribute("aria-pressed", String(overlayOn));
        showPictures();
      });
      toggle.id = "lv-overlay";
      toggle.setAttribute("aria-pressed", "false");
      bar.appendChild(toggle);
    }
  }

  function pick(side, month) {
    picks[side] = month;
    var choice = byId("pick-" + side);
    if (choice) { choice.value = month; }
    assignPictures();
    showPictures();
  }

  function showOverlay(village, view, place) {
    var picture = village.change;
    if (!picture) { return; }
    var wanted = overlayOn && worthDrawing(picture.bounds, view, place);
    if (wanted && !picture.layer) {
      picture.layer = L.imageOverlay(picture.uri, picture.bounds, { pane: "lv-change", interactive: false, alt: "" });
      picture.layer.addTo(map);
    }
    if (!wanted && picture.layer) { picture.layer.remove(); picture.layer = null; }
  }

  function drawModes() {
    assignPictures();
    var bar = byId("modes");
    bar.hidden = !anyPictures();
    bar.setAttribute("aria-label", words.images);
    if (bar.hidden) { mode = "off"; return; }
    ["swipe", "fade", "flicker", "off"].forEach(function (name) {
      var node = button(words[name], "", function () { setMode(name); });
      node.dataset.mode = name;
      bar.appendChild(node);
    });
    drawPicks(bar);
    var range = byId("range");
    range.setAttribute("aria-label", words.slider);
    range.addEventListener("input", showSplit);
    map.on("move zoom resize viewreset", showSplit);
  }

  function setMode(name) {
    mode = name;
    window.clearInterval(flickerTimer);
    flickerShown = true;
    if (mode === "flicker") {
      flickerTimer = window.setInterval(function () { flickerShown = !flickerShown; showSplit(); }, FLICKER_MS);
    }
    Array.prototype.forEach.call(byId("modes").children, function (node) {
      node.setAttribute("aria-pressed", String(node.dataset.mode === mode));
    });
    restyle();
    showPictures();
  }

  // How far along the range's track the thumb stands, in pixels of the map.
  function thumbX(width) {
    return THUMB_PX / 2 + (Number(byId("range").value) / 100) * (width - THUMB_PX);
  }

  function centreSplit(width) {
    var room = map.getSize().x - THUMB_PX;
    byId("range").value = Math.round(100 * (width / 2 - THUMB_PX / 2) / room);
  }

  function showSplit() {
    var size = map.getSize();
    var share = Number(byId("range").value) / 100;
    var swiping = mode === "swipe";
    var x = swiping ? thumbX(size.x) : mode === "off" ? size.x : 0;
    var corner = map.containerPointToLayerPoint([0, 0]);
    var end = corner.add(size);
    afterPane.style.clip = clip(corner.y, end.x, end.y, corner.x + x);
    beforePane.style.clip = swiping ? clip(corner.y, corner.x + x, end.y, corner.x) : "auto";
    afterPane.style.opacity = mode === "fade" ? share : mode === "flicker" && !flickerShown ? 0 : 1;
    beforePane.style.display = mode === "off" ? "none" : "";
    byId("swipe").hidden = mode === "off" || !inView;
    byId("swipe").className = "lv-swipe lv-mode-" + mode;
    byId("divider").style.left = x + "px";
    showMonths(share);
  }

  function clip(top, right, bottom, left) {
    return "rect(" + [top, right, bottom, left].map(function (edge) { return Math.round(edge) + "px"; }).join(",") + ")";
  }

  function showMonths(share) {
    var village = data.villages[selected];
    function month(side, otherwise) {
      if (!village) { return otherwise; }
      return village[side] ? village[side].month : words.no_image;
    }
    byId("month-before").textContent = say("before", { month: month("before", data.baseline) });
    byId("month-after").textContent = say("after", { month: month("after", data.month) });
    var dim = { swipe: [1, 1], fade: [1 - share, share], flicker: flickerShown ? [0, 1] : [1, 0], off: [0, 0] }[mode];
    byId("month-before").style.opacity = 0.35 + 0.65 * dim[0];
    byId("month-after").style.opacity = 0.35 + 0.65 * dim[1];
  }

  function restyle() {
    data.villages.forEach(function (village, place) {
      if (!village.layer) { return; }
      village.layer.setStyle(villageStyle(village, place));
      village.label.classList.toggle("lv-gone", place === selected || Boolean(hidden[village.state]));
      if (place === selected) { village.layer.bringToFront(); }
    });
    if (renderer instanceof L.Canvas) {
      plotLayers.forEach(function (layers) { layers.casing.bringToFront(); layers.line.bringToFront(); });
    }
  }

  // -- list ----------------------------------------------------------------------------------------------------

  function drawList() {
    byId("list-title").textContent = words.list;
    var search = byId("search");
    search.placeholder = words.search;
    search.setAttribute("aria-label", words.search);
    search.addEventListener("input", filter);
    byId("all").textContent = words.all_villages;
    byId("all").addEventListener("click", function () { close(); fitAll(true); });
    byId("csv").textContent = words.csv;
    byId("csv").addEventListener("click", download);
    byId("print").textContent = words.print;
    byId("print").addEventListener("click", function () { window.print(); });
    data.states.forEach(drawChip);
    data.villages.forEach(drawItem);
    filter();
  }

  function drawChip(state) {
    var count = data.villages.filter(function (village) { return village.state === state.key; }).length;
    var chip = button("", "lv-chip", function () {
      hidden[state.key] = !hidden[state.key];
      chip.setAttribute("aria-pressed", String(!hidden[state.key]));
      filter();
    });
    chip.setAttribute("aria-pressed", "true");
    chip.dataset.state = state.key;
    chip.appendChild(icon(state, 14));
    chip.appendChild(make("span", "", state.word));
    chip.appendChild(make("b", "", String(count)));
    byId("chips").appendChild(chip);
  }

  function drawItem(village, place) {
    var item = make("li", "lv-item");
    var row = button("", "lv-row-button", function () { select(place, true); });
    row.addEventListener("mouseenter", function () { point(place, true); });
    row.addEventListener("mouseleave", function () { point(place, false); });
    row.appendChild(icon(states[village.state], 20));
    var middle = make("span", "lv-item-text");
    middle.appendChild(make("bdi", "lv-name", village.name));
    var under = make("span", "lv-under", states[village.state].word);
    if (village.badge) { under.appendChild(make("span", "lv-badge", village.badge)); }
    middle.appendChild(under);
    row.appendChild(middle);
    row.appendChild(make("span", "lv-figure", village.figure));
    item.appendChild(row);
    village.item = item;
    byId("list").appendChild(item);
  }

  function matches(village) {
    var wanted = byId("search").value.trim().toLowerCase();
    var found = !wanted || village.name.toLowerCase().indexOf(wanted) >= 0 || village.code.indexOf(wanted) >= 0;
    return found && !hidden[village.state];
  }

  function filter() {
    var shown = 0;
    data.villages.forEach(function (village) {
      var visible = matches(village);
      shown += visible ? 1 : 0;
      village.item.hidden = !visible;
      if (village.layer) { toggle(village.layer, visible); toggle(village.marker, visible); }
    });
    data.plots.forEach(function (plot, place) {
      var village = data.villages[plot.village];
      if (plotLayers[place]) {
        toggle(plotLayers[place].casing, !village || matches(village));
        toggle(plotLayers[place].line, !village || matches(village));
      }
    });
    byId("count").textContent = shown ? say("shown", { shown: shown, all: data.villages.length }) : words.none_found;
    restyle();
  }

  function toggle(layer, visible) {
    if (visible !== map.hasLayer(layer)) { if (visible) { layer.addTo(map); } else { layer.remove(); } }
  }

  // The cells were made safe for spreadsheets where the tables are written; here they are only quoted.
  function download() {
    var rows = [data.csv.head].concat(data.villages.filter(matches).map(function (village) { return village.cells; }));
    var text = "\ufeff" + rows.map(function (row) {
      return row.map(function (cell) { return "\"" + cell.replace(/"/g, "\"\"") + "\""; }).join(",") + "\r\n";
    }).join("");
    var link = make("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = data.csv.name;
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  // -- card ----------------------------------------------------------------------------------------------------

  function select(place, zoom) {
    var village = data.villages[place];
    var before = selected;
    selected = place;
    if (before >= 0 && data.villages[before].item) { data.villages[before].item.classList.remove("lv-selected"); }
    village.item.classList.add("lv-selected");
    village.item.querySelector("button").setAttribute("aria-current", "true");
    if (before >= 0 && before !== place) { data.villages[before].item.querySelector("button").removeAttribute("aria-current"); }
    if (!zoom) { village.item.scrollIntoView({ block: "nearest" }); }
    openCard(villageCard(village, place));
    if (village.layer && (zoom || before !== place)) { fitTo(focusOf(village)); }
    restyle();
    showPictures();
  }

  function openCard(content) {
    var card = byId("card");
    var opens = card.hidden;
    card.textContent = "";
    card.appendChild(content);
    card.hidden = false;
    card.parentNode.classList.add("lv-has-card");
    card.scrollTop = 0;
    if (opens && !narrow()) { centreSplit(map.getSize().x - card.offsetWidth); }
    card.focus({ preventScroll: true });
  }

  function close() {
    byId("card").hidden = true;
    byId("card").parentNode.classList.remove("lv-has-card");
    if (selected < 0) { return; }
    var item = data.villages[selected].item;
    item.classList.remove("lv-selected");
    item.querySelector("button").removeAttribute("aria-current");
    selected = -1;
    restyle();
    showSplit();
    if (!item.hidden) { item.querySelector("button").focus({ preventScroll: true }); }
  }

  function cardHead(title, under) {
    var head = make("div", "lv-card-head");
    var text = make("div");
    text.appendChild(make("h2", "lv-name", title));
    text.appendChild(make("p", "lv-under", under));
    head.appendChild(text);
    var shut = button("×", "lv-close", close);
    shut.setAttribute("aria-label", words.close);
    head.appendChild(shut);
    return head;
  }

  function villageCard(village, place) {
    var card = document.createDocumentFragment();
    var mark = states[village.state];
    card.appendChild(cardHead(village.name, [village.kind, village.code].filter(Boolean).join(" · ")));
    var verdict = make("p", "lv-verdict");
    verdict.style.borderLeftColor = mark.colour;
    verdict.appendChild(icon(mark, 22));
    verdict.appendChild(make("strong", "", mark.word));
    if (village.badge) { verdict.appendChild(make("span", "lv-badge", village.badge)); }
    card.appendChild(verdict);
    if (village.reason) { card.appendChild(make("p", "lv-reason", village.reason)); }
    if (village.consequence) { card.appendChild(consequence(village.consequence)); }
    if (village.interval) { card.appendChild(intervalPicture(village.interval)); }
    monthStrip(card, village);
    monthChart(card, village);
    section(card, words.section_canopy, village.canopy, true);
    section(card, words.section_area, village.area, true);
    plotList(card, place);
    section(card, words.section_more, village.more, false);
    return card;
  }

  function consequence(text) {
    var box = make("p", "lv-consequence");
    box.appendChild(make("strong", "", words.consequence));
    box.appendChild(make("span", "", text));
    return box;
  }

  function section(parent, title, rows, open) {
    if (!rows.length) { return; }
    var box = make("details", "lv-section");
    box.open = open;
    box.appendChild(make("summary", "", title));
    box.appendChild(factList(rows));
    parent.appendChild(box);
  }

  function factList(rows) {
    var list = make("dl", "lv-facts");
    rows.forEach(function (row) {
      list.appendChild(make("dt", "", row[0]));
      list.appendChild(make("dd", "", row[1]));
    });
    return list;
  }

  function plotList(parent, place) {
    var box = make("details", "lv-section");
    var list = make("ul", "lv-plots");
    data.plots.forEach(function (plot, number) {
      if (plot.village !== place) { return; }
      var item = make("li");
      var open = button("", "lv-plot-button", function () { selectPlot(number); });
      open.appendChild(sample(severities[plot.severity], false));
      open.appendChild(make("bdi", "", plot.id));
      item.appendChild(open);
      list.appendChild(item);
    });
    if (!list.children.length) { return; }
    box.appendChild(make("summary", "", say("section_plots", { count: list.children.length })));
    box.appendChild(list);
    parent.appendChild(box);
  }

  function selectPlot(number) {
    var plot = data.plots[number];
    var village = data.villages[plot.village];
    if (village && selected !== plot.village) { select(plot.village, false); }
    var card = document.createDocumentFragment();
    card.appendChild(cardHead(plot.id, words.plot));
    var state = make("p", "lv-verdict");
    state.style.borderLeftColor = severities[plot.severity].colour;
    state.appendChild(sample(severities[plot.severity], false));
    state.appendChild(make("strong", "", words["plot_" + plot.severity]));
    card.appendChild(state);
    card.appendChild(factList(plot.facts));
    if (village) {
      card.appendChild(button(say("to_village", { village: village.name }), "lv-back", function () {
        select(plot.village, true);
      }));
    }
    openCard(card);
    if (plotLayers[number]) { fitTo(plotLayers[number].line.getBounds()); }
  }

  // Small pictures of every month; one click compares with that month.
  function monthStrip(parent, village) {
    if (village.pictures.length < 2) { return; }
    var box = make("details", "lv-section");
    box.open = true;
    box.appendChild(make("summary", "", words.strip));
    var strip = make("div", "lv-strip");
    village.pictures.forEach(function (picture) {
      var chip = button("", "lv-strip-chip", function () { pick("after", picture.month); });
      var image = make("img");
      image.src = picture.uri;
      image.alt = picture.month;
      chip.appendChild(image);
      chip.appendChild(make("span", "", picture.month));
      strip.appendChild(chip);
    });
    box.appendChild(strip);
    parent.appendChild(box);
  }

  // Each month's interval as a bar, what was due as a line across.
  function monthChart(parent, village) {
    var known = village.months.filter(function (one) { return one.middle !== null; });
    if (known.length < 2) { return; }
    var width = 300, height = 130, ends = [0];
    known.forEach(function (one) { ends.push(one.low, one.high); if (one.required !== null) { ends.push(one.required); } });
    var least = Math.min.apply(null, ends), most = Math.max.apply(null, ends), room = Math.max(1, (most - least) * 0.08);
    function y(value) { return 10 + (height - 36) * (most + room - value) / (most - least + 2 * room); }
    var step = (width - 50) / known.length;
    var svg = makeSvg("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": words.chart, "class": "lv-chart" });
    function line(x1, y1, x2, y2, className) { svg.appendChild(makeSvg("line", { x1: x1, y1: y1, x2: x2, y2: y2, "class": className })); }
    line(40, y(0), width - 6, y(0), "lv-zero");
    svg.appendChild(makeSvg("text", { x: 18, y: y(0) + 4 }, "0"));
    svg.appendChild(makeSvg("text", { x: 18, y: y(most) + 4 }, number(most)));
    known.forEach(function (one, place) {
      var x = 44 + step * (place + 0.5);
      line(x, y(one.low), x, y(one.high), "lv-span");
      svg.appendChild(makeSvg("circle", { cx: x, cy: y(one.middle), r: 4, fill: (states[one.verdict] || {}).colour || "#666", stroke: "#1f2328" }));
      if (one.required !== null) { line(x - step * 0.3, y(one.required), x + step * 0.3, y(one.required), "lv-due"); }
      svg.appendChild(makeSvg("text", { x: x, y: height - 8 }, one.month));
    });
    var box = make("details", "lv-section");
    box.open = true;
    box.appendChild(make("summary", "", words.chart));
    box.appendChild(svg);
    parent.appendChild(box);
  }

  function number(value) {
    var text = Math.abs(value).toFixed(1);
    if (Number(text) === 0) { return "0.0"; }
    return (value < 0 ? "−" : "+") + text;
  }

  // A line from low to high with a dot at the estimate, zero marked, and what is due as a flag.
  function intervalPicture(interval) {
    var width = 300, height = 62, base = 34;
    var ends = [0, interval.low, interval.high].concat(interval.required === null ? [] : [interval.required]);
    var least = Math.min.apply(null, ends), most = Math.max.apply(null, ends);
    var room = Math.max((most - least) * 0.12, 0.5);
    function x(value) { return 14 + (width - 28) * (value - least + room) / (most - least + 2 * room); }
    var label = say("interval_picture", { middle: number(interval.middle), low: number(interval.low), high: number(interval.high) });
    var svg = makeSvg("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": label, "class": "lv-interval" });
    function line(x1, y1, x2, y2, className) { svg.appendChild(makeSvg("line", { x1: x1, y1: y1, x2: x2, y2: y2, "class": className })); }
    function text(at, y, said, className) { svg.appendChild(makeSvg("text", { x: Math.min(width - 26, Math.max(26, at)), y: y, "class": className || "" }, said)); }
    line(8, base, width - 8, base, "lv-axis");
    line(x(0), base - 11, x(0), base + 11, "lv-zero");
    line(x(interval.low), base, x(interval.high), base, "lv-span");
    line(x(interval.low), base - 6, x(interval.low), base + 6, "lv-end");
    line(x(interval.high), base - 6, x(interval.high), base + 6, "lv-end");
    svg.appendChild(makeSvg("circle", { cx: x(interval.middle), cy: base, r: 5, "class": "lv-dot" }));
    if (interval.required !== null) {
      line(x(interval.required), base - 16, x(interval.required), base + 10, "lv-due");
      text(x(interval.required), base - 20, say("required_mark", { value: number(interval.required) }), "lv-due-text");
    }
    if (Math.abs(x(0) - x(interval.low)) > 34 && Math.abs(x(0) - x(interval.high)) > 34) { text(x(0), base + 24, "0"); }
    text(x(interval.low), base + 24, number(interval.low));
    if (x(interval.high) - x(interval.low) > 40) { text(x(interval.high), base + 24, number(interval.high)); }
    return svg;
  }

  // -- start ---------------------------------------------------------------------------------------------------

  var beforePrint;

  function watchPrint() {
    window.addEventListener("beforeprint", function () {
      beforePrint = map.getBounds();
      map.invalidateSize({ animate: false, pan: false });
      map.fitBounds(beforePrint, { animate: false });
      showSplit();
    });
    window.addEventListener("afterprint", function () {
      map.invalidateSize({ animate: false, pan: false });
      map.fitBounds(beforePrint, { animate: false });
    });
  }

  drawFrame();
  drawModes();
  drawLegend();
  drawMap();
  drawList();
  setMode(mode);
  map.on("zoomend moveend", layoutLabels);
  map.on("moveend", showPictures);
  layoutLabels();
  showPictures();
  watchPrint();
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { close(); } });
}());

/* Flows: seedlings to be moved, a bowed line from who gives to who asks with its head at who asks; as wide as many are
   moved. Off until somebody asks for them: the map's first word is the verdict. */
(function (lv) {
  "use strict";

  var LEAST_PX = 2.5, MOST_PX = 9, HEAD_PX = 11, SHORT_PX = 12, BOW = 0.14, STEPS = 24;
  var group = L.featureGroup();
  var shown = false;

  lv.drawFlows = function () {
    var bar = lv.byId("flows");
    var lines = lv.data.flows.lines;
    bar.hidden = !lines.length;
    if (bar.hidden) { return; }
    lv.pane("lv-flows", 430);
    var toggle = lv.button("", "", function () {
      shown = !shown;
      toggle.setAttribute("aria-pressed", String(shown));
      lv.byId("legend").querySelectorAll(".lv-flow-line").forEach(function (item) { item.hidden = !shown; });
      lv.filterFlows();
    });
    toggle.setAttribute("aria-pressed", "false");
    toggle.appendChild(lv.flowSample());
    toggle.appendChild(lv.make("span", "", lv.say("flows", { count: lines.length })));
    bar.appendChild(toggle);
    var most = Math.max.apply(null, lines.map(function (line) { return line.seedlings; }));
    var renderer = L.svg({ padding: 0.3, pane: "lv-flows" });
    lines.forEach(function (line) { drawLine(line, Math.sqrt(line.seedlings / most), renderer); });
    lv.map.on("zoomend", function () { lines.forEach(bend); });
    lines.forEach(bend);
  };

  lv.flowSample = function () {
    var svg = lv.makeSvg("svg", { viewBox: "0 0 34 16", width: 34, height: 16, "aria-hidden": "true" });
    svg.appendChild(lv.makeSvg("path", { d: "M2 8h20", stroke: "#fff", "stroke-width": 6 }));
    svg.appendChild(lv.makeSvg("path", { d: "M2 8h20", stroke: lv.data.flows.colour, "stroke-width": 3.4 }));
    svg.appendChild(lv.makeSvg("path", { d: "M21 2l11 6-11 6z", fill: lv.data.flows.colour, stroke: "#fff", "stroke-width": 0.8 }));
    return svg;
  };

  function drawLine(line, share, renderer) {
    var wide = LEAST_PX + (MOST_PX - LEAST_PX) * share;
    function path(make, options) {
      options.renderer = renderer;
      options.pane = "lv-flows";
      options.smoothFactor = 0;
      return make([], options);
    }
    line.wide = wide;
    line.layers = [
      path(L.polyline, { color: "#fff", weight: wide + 3, opacity: 0.9, interactive: false }),
      path(L.polyline, { color: lv.data.flows.colour, weight: wide, lineCap: "butt", className: "lv-flow" }),
      path(L.polygon, { color: "#fff", weight: 1.2, fillColor: lv.data.flows.colour, fillOpacity: 1, className: "lv-flow-head" })
    ];
    var held = L.featureGroup(line.layers);
    held.bindPopup(function () { return said(line); }, { maxWidth: 280, autoPanPaddingTopLeft: [20, 70] });
    line.held = held;
  }

  // A bow to the right of its way, so that what goes and what comes between two villages lie apart; its head is as
  // large as the screen wants it, so both are worked out again for each zoom.
  function bend(line) {
    var map = lv.map;
    var from = map.project(line.from), to = map.project(line.to);
    var way = to.subtract(from);
    var middle = from.add(to).divideBy(2).add(L.point(-way.y, way.x).multiplyBy(BOW));
    var points = [];
    for (var step = 0; step <= STEPS; step += 1) {
      var t = step / STEPS;
      points.push(from.multiplyBy((1 - t) * (1 - t)).add(middle.multiplyBy(2 * t * (1 - t))).add(to.multiplyBy(t * t)));
    }
    var last = to.subtract(middle);
    var far = Math.max(1, Math.sqrt(last.x * last.x + last.y * last.y));
    var ahead = last.divideBy(far);
    var half = (HEAD_PX + line.wide) / 2;
    to = to.subtract(ahead.multiplyBy(Math.min(SHORT_PX, far / 4)));  // beside the village's name
    var neck = to.subtract(ahead.multiplyBy(2 * half));
    var side = L.point(-ahead.y, ahead.x).multiplyBy(half);
    points = points.filter(function (point) { return point.distanceTo(to) > 2 * half; });
    if (points.length) { points.push(neck); }
    function placed(point) { return map.unproject(point); }
    var course = points.map(placed);
    line.layers[0].setLatLngs(course);
    line.layers[1].setLatLngs(course);
    line.layers[2].setLatLngs([to, neck.add(side), neck.subtract(side)].map(placed));
  }

  function said(line) {
    var box = lv.make("div", "lv-flow-said");
    var title = lv.make("p", "lv-flow-title");
    title.appendChild(lv.make("bdi", "", line.giver));
    title.appendChild(document.createTextNode(" → "));
    title.appendChild(lv.make("bdi", "", line.taker));
    box.appendChild(title);
    box.appendChild(lv.factList(line.facts));
    return box;
  }

  lv.flowsTo = function (code) {
    return lv.data.flows.lines.filter(function (line) { return line.code === code; });
  };

  // With the village that asks; what is filtered away takes its lines along.
  lv.filterFlows = function () {
    var gone = {};
    lv.data.villages.forEach(function (village) { gone[village.code] = village.visible === false; });
    lv.data.flows.lines.forEach(function (line) {
      if (line.held) { lv.toggle(line.held, shown && !gone[line.code], group); }
    });
    lv.toggle(group, shown);
    // Heads over lines: each can be seen and clicked where many lines end.
    lv.data.flows.lines.forEach(function (line) { if (line.held && lv.map.hasLayer(line.layers[2])) { line.layers[2].bringToFront(); } });
  };

  lv.boundsOfFlows = function () {
    var bounds = L.latLngBounds([]);
    if (shown) { lv.data.flows.lines.forEach(function (line) { bounds.extend(line.from).extend(line.to); }); }
    return bounds;
  };
}(window.lvgeo));

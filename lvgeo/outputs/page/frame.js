/* Frame: heading, legend, notes; the sheet of paper; a village's details as they come; and the start. */
(function (lv) {
  "use strict";

  var NEAR = 6;  // villages in view up to which their details are loaded before anybody asks
  var MAP_CREDITS = [["Leaflet", "https://leafletjs.com"], ["Folium", "https://python-visualization.github.io/folium/"]];

  function drawHead() {
    document.documentElement.lang = lv.data.language === "zh" ? "zh-CN" : "en";
    lv.byId("title").textContent = lv.data.title;
    lv.byId("title").title = lv.data.title;  // the heading cuts off what takes more than two lines
    var parts = [];
    if (lv.data.month) { parts.push(lv.data.month); }
    if (lv.data.baseline) { parts.push(lv.say("baseline", { baseline: lv.data.baseline })); }
    lv.byId("sub").textContent = parts.join(" · ");
    lv.byId("secrecy").textContent = lv.data.secrecy;
    lv.byId("secrecy").hidden = !lv.data.secrecy;
    lv.byId("north-word").textContent = lv.words.north;
    lv.byId("how").textContent = lv.words["how_" + lv.data.family];
    drawNotes();
  }

  function drawNotes() {
    var notes = lv.byId("notes");
    var said = lv.data.generated_on ? [lv.say("generated", { on: lv.data.generated_on })] : [];
    if (lv.data.crs_note) { said.push(lv.data.crs_note); }
    if (lv.data.basemap) { said.push(lv.data.basemap.credit); }
    said.push(lv.words.made_with);
    notes.appendChild(document.createTextNode(said.join(" · ")));
    MAP_CREDITS.forEach(function (credit) {
      var link = lv.make("a", "", credit[0]);
      link.href = credit[1];
      link.rel = "noopener noreferrer";
      notes.appendChild(document.createTextNode(" · "));
      notes.appendChild(link);
    });
  }

  function drawLegend() {
    var legend = lv.byId("legend");
    legend.querySelector("summary").textContent = lv.words.legend;
    var list = legend.querySelector("ul");
    function line(picture, text, mark) {
      var item = lv.make("li");
      item.appendChild(picture);
      if (mark) { item.appendChild(lv.icon(mark, 14)); }
      item.appendChild(lv.make("span", "", text));
      list.appendChild(item);
    }
    lv.data.states.forEach(function (state) { line(lv.sample(state, true), state.word, state); });
    lv.data.severities.forEach(function (severity) {
      if (severity.used) { line(lv.sample(severity, false), lv.words["plot_" + severity.key]); }
    });
    if (lv.data.has_classes) {
      ["gain", "loss"].forEach(function (kind) { line(lv.sample({ colour: lv.data.change[kind], dash: "" }, true), lv.words["canopy_" + kind]); });
    }
    function flowLine(picture, text) {
      line(picture, text);
      list.lastChild.className = "lv-flow-line";
      list.lastChild.hidden = true;
    }
    if (lv.data.flows.lines.length) { flowLine(lv.flowSample(), lv.words.flow_legend); }
    if (lv.data.flows.unplaced) { flowLine(lv.make("span"), lv.say("flow_unplaced", { count: lv.data.flows.unplaced })); }
    if (lv.narrow()) { legend.open = false; }
  }

  function drawBasemap() {
    var base = lv.data.basemap;
    if (base) { L.tileLayer(base.url, { maxNativeZoom: base.max_zoom, maxZoom: 22 }).addTo(lv.map); }
  }

  // -- a village's details: in the page, or in a script of its own that is asked for when it is wanted ----------------

  var waiting = {};

  function arrive(place) {
    var village = lv.data.villages[place];
    (village.plots || []).forEach(function (plot) {
      plot.village = place;
      lv.plots.push(plot);
      lv.drawPlot(plot, lv.plots.length - 1);
      lv.filterPlot(plot);
    });
    lv.assignPictures(village);
  }

  lv.load = function (place, then) {
    var village = lv.data.villages[place];
    if (!village.lazy) { return; }
    if (waiting[village.code]) { waiting[village.code].push(then); return; }
    waiting[village.code] = [then];
    var script = lv.make("script");
    script.src = "data/" + encodeURIComponent(village.code) + ".js";
    document.head.appendChild(script);
  };

  // Called by a village's own script; the text is data, read as such.
  lv.take = function (text) {
    var details = JSON.parse(text);
    lv.data.villages.forEach(function (village, place) {
      if (village.code !== details.code || !village.lazy) { return; }
      Object.keys(details).forEach(function (key) { village[key] = details[key]; });
      village.lazy = false;
      arrive(place);
      (waiting[village.code] || []).forEach(function (then) { then(); });
    });
  };

  function loadNear() {
    var view = lv.map.getBounds();
    var near = [];
    lv.data.villages.forEach(function (village, place) {
      if (village.layer && village.visible && view.intersects(village.layer.getBounds())) { near.push(place); }
    });
    if (near.length > NEAR) { return; }
    near.forEach(function (place) { lv.load(place, function () { lv.restyle(); lv.showPictures(); }); });
  }

  // -- paper: the page takes the sheet's size first, so that the map fits it and the list knows what it leaves out -----

  function watchPrint() {
    var seen;
    var unfolded;
    var root = document.documentElement;
    function settle() {
      lv.map.invalidateSize({ animate: false, pan: false });
      lv.map.fitBounds(seen, { animate: false });
      lv.layoutLabels();
      lv.showPictures();
    }
    window.addEventListener("beforeprint", function () {
      seen = lv.map.getBounds();
      root.classList.add("lv-paper");
      unfolded = lv.byId("legend").open;
      lv.byId("legend").open = true;
      var room = lv.byId("list").getBoundingClientRect().bottom - 18;
      var left = 0;
      lv.data.villages.forEach(function (village) {
        var off = village.visible && village.item.getBoundingClientRect().bottom > room;
        village.item.classList.toggle("lv-off-paper", off);
        left += off ? 1 : 0;
      });
      lv.byId("rest").textContent = left ? lv.say("off_paper", { count: left }) : "";
      settle();
    });
    window.addEventListener("afterprint", function () {
      root.classList.remove("lv-paper");
      lv.byId("legend").open = unfolded;
      lv.data.villages.forEach(function (village) { village.item.classList.remove("lv-off-paper"); });
      lv.byId("rest").textContent = "";
      settle();
    });
  }

  drawHead();
  drawLegend();
  drawBasemap();
  lv.drawPictures();
  lv.drawChange();
  lv.drawGround();
  lv.data.villages.forEach(function (village, place) { if (!village.lazy) { arrive(place); } });
  lv.drawFlows();
  lv.data.plots.forEach(function (plot) { lv.plots.push(plot); lv.drawPlot(plot, lv.plots.length - 1); });
  lv.drawList();
  lv.setMode(lv.mode);
  lv.map.on("moveend", function () { lv.layoutLabels(); lv.showPictures(); loadNear(); });
  lv.layoutLabels();
  loadNear();
  watchPrint();
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { lv.close(); } });
}(window.lvgeo));

/* List: what wants doing first; search, filters with counts, and the table to take away. */
(function (lv) {
  "use strict";

  var pressed = { state: {}, status: {} };

  lv.drawList = function () {
    lv.byId("list-title").textContent = lv.words.list;
    var search = lv.byId("search");
    search.placeholder = lv.words.search;
    search.setAttribute("aria-label", lv.words.search);
    search.addEventListener("input", lv.filter);
    control("all", function () { lv.close(); lv.fitAll(true); });
    control("csv", download);
    control("print", function () { window.print(); });
    drawChips("state", lv.data.states, lv.words["filter_" + lv.data.family]);
    if (lv.data.statuses.length) { drawChips("status", lv.data.statuses, lv.words.filter_status); }
    lv.data.villages.forEach(drawItem);
    lv.byId("list").addEventListener("keydown", walk);
    lv.filter();
  };

  function control(name, action) {
    lv.byId(name).textContent = lv.words[name === "all" ? "all_villages" : name];
    lv.byId(name).addEventListener("click", action);
  }

  function drawChips(facet, marks, title) {
    var group = lv.make("div", "lv-chips");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", title);
    group.appendChild(lv.make("span", "lv-chips-title", title));
    marks.forEach(function (mark) {
      var count = lv.data.villages.filter(function (village) { return village[facet] === mark.key; }).length;
      var chip = lv.button("", "lv-chip", function () {
        pressed[facet][mark.key] = !pressed[facet][mark.key];
        chip.setAttribute("aria-pressed", String(pressed[facet][mark.key]));
        lv.filter();
      });
      chip.setAttribute("aria-pressed", "false");
      chip.dataset[facet] = mark.key;
      chip.disabled = !count;
      chip.appendChild(lv.icon(mark, 14));
      chip.appendChild(lv.make("span", "", mark.word));
      chip.appendChild(lv.make("b", "", String(count)));
      group.appendChild(chip);
    });
    lv.byId("chips").appendChild(group);
  }

  function drawItem(village, place) {
    var item = lv.make("li", "lv-item");
    var row = lv.button("", "lv-row-button", function () { lv.select(place, true); });
    row.addEventListener("mouseenter", function () { lv.point(place, true); });
    row.addEventListener("mouseleave", function () { lv.point(place, false); });
    row.appendChild(lv.icon(lv.states[village.state], 20));
    var middle = lv.make("span", "lv-item-text");
    middle.appendChild(lv.make("bdi", "lv-name", village.name));
    var under = lv.make("span", "lv-under", lv.states[village.state].word);
    if (village.badge) { under.appendChild(lv.make("span", "lv-badge", village.badge)); }
    middle.appendChild(under);
    row.appendChild(middle);
    row.appendChild(lv.make("span", "lv-figure", village.figure));
    item.appendChild(row);
    village.item = item;
    lv.byId("list").appendChild(item);
  }

  // Arrow keys walk the list, as in a file window.
  function walk(event) {
    var step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    var item = step && event.target.closest(".lv-item");
    if (!item) { return; }
    do { item = item[step]; } while (item && item.hidden);
    if (item) { event.preventDefault(); item.querySelector("button").focus(); }
  }

  function holds(facet, value) {
    var chosen = Object.keys(pressed[facet]).filter(function (key) { return pressed[facet][key]; });
    return !chosen.length || chosen.indexOf(value) >= 0;
  }

  function matches(village) {
    var wanted = lv.byId("search").value.trim().toLowerCase();
    var found = !wanted || village.name.toLowerCase().indexOf(wanted) >= 0 || village.code.indexOf(wanted) >= 0;
    return found && holds("state", village.state) && holds("status", village.status);
  }

  lv.filter = function () {
    var shown = 0;
    lv.data.villages.forEach(function (village) {
      village.visible = matches(village);
      shown += village.visible ? 1 : 0;
      village.item.hidden = !village.visible;
      if (village.layer) { lv.toggle(village.layer, village.visible); }
    });
    lv.plots.forEach(lv.filterPlot);
    lv.filterFlows();
    var all = lv.data.villages.length;
    lv.byId("count").textContent = shown ? lv.say("shown", { shown: shown, all: all }) : lv.words.none_found;
    lv.restyle();
  };

  lv.filterPlot = function (plot) {
    var village = lv.data.villages[plot.village];
    if (!plot.line) { return; }
    lv.toggle(plot.casing, !village || village.visible !== false);
    lv.toggle(plot.line, !village || village.visible !== false);
  };

  // The cells were made safe for spreadsheets where the tables are written; here they are only quoted.
  function download() {
    var shown = lv.data.villages.filter(function (village) { return village.visible; });
    var rows = [lv.data.csv.head].concat(shown.map(function (village) { return village.cells; }));
    var text = "\ufeff" + rows.map(function (row) {
      return row.map(function (cell) { return "\"" + cell.replace(/"/g, "\"\"") + "\""; }).join(",") + "\r\n";
    }).join("");
    var link = lv.make("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = lv.data.csv.name;
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }
}(window.lvgeo));

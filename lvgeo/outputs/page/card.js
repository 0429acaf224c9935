/* Card: one village or one plot, from its verdict down to every figure. */
(function (lv) {
  "use strict";

  var ROOM_FOR_LEGEND_PX = 900;
  var cameFrom = 0;  // where a phone's list stood when the card came up

  lv.select = function (place, zoom) {
    var village = lv.data.villages[place];
    var before = lv.selected;
    if (before >= 0 && before !== place) { mark(lv.data.villages[before], false); }
    lv.selected = place;
    mark(village, true);
    if (!zoom && !lv.narrow()) { village.item.scrollIntoView({ block: "nearest" }); }
    openCard(villageCard(village, place));
    if (village.layer && !village.lazy && (zoom || before !== place)) { lv.fitTo(lv.focusOf(village)); }
    lv.restyle();
    lv.showPictures();
    lv.load(place, function () {
      if (lv.selected !== place) { return; }
      openCard(villageCard(village, place));
      if (village.layer) { lv.fitTo(lv.focusOf(village)); }
      lv.restyle();
      lv.showPictures();
    });
  };

  function mark(village, on) {
    village.item.classList.toggle("lv-selected", on);
    var row = village.item.querySelector("button");
    if (on) { row.setAttribute("aria-current", "true"); } else { row.removeAttribute("aria-current"); }
  }

  function openCard(content) {
    var card = lv.byId("card");
    var opens = card.hidden;
    card.textContent = "";
    card.appendChild(content);
    card.hidden = false;
    card.parentNode.classList.add("lv-has-card");
    card.scrollTop = 0;
    if (lv.narrow()) { raiseMap(opens); }
    if (opens && !lv.narrow()) {
      var room = lv.map.getSize().x - card.offsetWidth;
      lv.centreSplit(room);
      if (room < ROOM_FOR_LEGEND_PX) { lv.byId("legend").open = false; }
    }
    lv.markStrip();
    card.focus({ preventScroll: true });
  }

  // On a phone the list stands under the map: what the card speaks of is brought above it.
  function raiseMap(opens) {
    if (opens) { cameFrom = window.pageYOffset; }
    window.scrollTo(0, window.pageYOffset + lv.map.getContainer().getBoundingClientRect().top);
  }

  lv.close = function () {
    if (lv.narrow() && !lv.byId("card").hidden) { window.scrollTo(0, cameFrom); }
    lv.byId("card").hidden = true;
    lv.byId("card").parentNode.classList.remove("lv-has-card");
    if (lv.selected < 0) { return; }
    var village = lv.data.villages[lv.selected];
    mark(village, false);
    lv.selected = -1;
    lv.restyle();
    lv.showSplit();
    if (!village.item.hidden) { village.item.querySelector("button").focus({ preventScroll: true }); }
  };

  function cardHead(title, under) {
    var head = lv.make("div", "lv-card-head");
    var text = lv.make("div");
    text.appendChild(lv.make("h2", "lv-name", title));
    text.appendChild(lv.make("p", "lv-under", under));
    head.appendChild(text);
    var shut = lv.button("×", "lv-close", lv.close);
    shut.setAttribute("aria-label", lv.words.close);
    head.appendChild(shut);
    return head;
  }

  function banner(colour, picture, words, badge) {
    var box = lv.make("p", "lv-verdict");
    box.style.borderLeftColor = colour;
    box.appendChild(picture);
    box.appendChild(lv.make("strong", "", words));
    if (badge) { box.appendChild(lv.make("span", "lv-badge", badge)); }
    return box;
  }

  function villageCard(village, place) {
    var card = document.createDocumentFragment();
    var state = lv.states[village.state];
    card.appendChild(cardHead(village.name, [village.kind, village.code].filter(Boolean).join(" · ")));
    card.appendChild(banner(state.colour, lv.icon(state, 22), state.word, village.badge));
    if (village.lazy) { card.appendChild(lv.make("p", "lv-under", lv.words.loading)); return card; }
    if (village.reason) { card.appendChild(lv.make("p", "lv-reason", village.reason)); }
    if (village.consequence) { card.appendChild(consequence(village.consequence)); }
    if (village.interval) { card.appendChild(lv.intervalPicture(village.interval)); }
    strip(card, village);
    var chart = lv.monthChart(village.months);
    if (chart) { section(card, lv.words.chart, chart, true); }
    facts(card, lv.words.section_canopy, village.canopy, true);
    facts(card, lv.words.section_area, village.area, true);
    facts(card, lv.words.section_tasks, village.tasks, false);
    flowList(card, village);
    plotList(card, place);
    facts(card, lv.words.section_more, village.more, false);
    return card;
  }

  function consequence(text) {
    var box = lv.make("p", "lv-consequence");
    box.appendChild(lv.make("strong", "", lv.words.consequence));
    box.appendChild(lv.make("span", "", text));
    return box;
  }

  function section(parent, title, content, open) {
    var box = lv.make("details", "lv-section");
    box.open = open;
    box.appendChild(lv.make("summary", "", title));
    box.appendChild(content);
    parent.appendChild(box);
  }

  function facts(parent, title, rows, open) {
    if (rows.length) { section(parent, title, lv.factList(rows), open); }
  }

  lv.factList = function (rows) {
    var list = lv.make("dl", "lv-facts");
    rows.forEach(function (row) {
      list.appendChild(lv.make("dt", "", row[0]));
      list.appendChild(lv.make("dd", "", row[1]));
    });
    return list;
  };

  // What is proposed to come to a village, also for who cannot point at a line.
  function flowList(parent, village) {
    var rows = [];
    lv.flowsTo(village.code).forEach(function (line) {
      line.facts.forEach(function (fact, number) { rows.push([number ? "" : line.giver, fact.join(" ")]); });
    });
    facts(parent, lv.words.section_flows, rows, false);
  }

  // Small pictures of every month with the verdict it had; any two can be compared.
  function strip(parent, village) {
    if (village.pictures.length < 2) { return; }
    var row = lv.make("div", "lv-strip");
    village.pictures.forEach(function (picture) {
      var chip = lv.make("div", "lv-strip-chip");
      chip.dataset.month = picture.month;
      var image = lv.make("img");
      image.src = picture.uri;
      image.alt = "";
      chip.appendChild(image);
      var said = village.months.filter(function (one) { return one.month === picture.month; })[0];
      var title = lv.make("span", "lv-strip-month");
      if (said && lv.states[said.verdict]) { title.appendChild(lv.icon(lv.states[said.verdict], 12)); }
      title.appendChild(lv.make("span", "", picture.month));
      chip.appendChild(title);
      ["before", "after"].forEach(function (side) {
        var choose = lv.button(lv.words["pick_" + side], "", function () { lv.pick(side, picture.month); });
        choose.dataset.side = side;
        choose.setAttribute("aria-label", lv.say(side, { month: picture.month }));
        chip.appendChild(choose);
      });
      row.appendChild(chip);
    });
    section(parent, lv.words.strip, row, true);
  }

  lv.markStrip = function () {
    var village = lv.data.villages[lv.selected];
    if (!village) { return; }
    Array.prototype.forEach.call(document.querySelectorAll(".lv-strip-chip button"), function (choose) {
      var shown = village[choose.dataset.side];
      choose.setAttribute("aria-pressed", String(Boolean(shown) && shown.month === choose.parentNode.dataset.month));
    });
  };

  function plotList(parent, place) {
    var list = lv.make("ul", "lv-plots");
    lv.plots.forEach(function (plot, number) {
      if (plot.village !== place) { return; }
      var item = lv.make("li");
      var open = lv.button("", "lv-plot-button", function () { lv.selectPlot(number); });
      open.appendChild(lv.sample(lv.severities[plot.severity], false));
      open.appendChild(lv.make("bdi", "", plot.id));
      item.appendChild(open);
      list.appendChild(item);
    });
    if (list.children.length) { section(parent, lv.say("section_plots", { count: list.children.length }), list, false); }
  }

  lv.selectPlot = function (number) {
    var plot = lv.plots[number];
    var village = lv.data.villages[plot.village];
    if (village && lv.selected !== plot.village) { lv.select(plot.village, false); }
    var mark = lv.severities[plot.severity];
    var card = document.createDocumentFragment();
    card.appendChild(cardHead(plot.id, lv.words.plot));
    card.appendChild(banner(mark.colour, lv.sample(mark, false), lv.words["plot_" + plot.severity]));
    plot.issues.forEach(function (said) { card.appendChild(lv.make("p", "lv-reason", said)); });
    card.appendChild(lv.factList(plot.facts));
    if (village) {
      card.appendChild(lv.button(lv.say("to_village", { village: village.name }), "lv-back", function () {
        lv.select(plot.village, true);
      }));
    }
    openCard(card);
    if (plot.line) { lv.fitTo(plot.line.getBounds().pad(0.5)); }
  };
}(window.lvgeo));

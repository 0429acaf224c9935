/* Pictures: before and after, as curtain, fade or flicker; which two months; images and tiles as they come into view. */
(function (lv) {
  "use strict";

  var FLICKER_MS = 900;
  var MIN_IMAGE_PX = 24;
  var THUMB_PX = 44;
  var SIDES = ["before", "after"];
  var panes = {};
  var picks = { before: "", after: "" };
  var timer = 0;
  var afterShown = true;
  var inView = false;  // whether any image can be seen: a street from afar has nothing to swipe

  lv.mode = "swipe";

  lv.drawPictures = function () {
    panes.before = lv.pane("lv-before", 210);
    panes.after = lv.pane("lv-after", 211);
    lv.byId("bar").hidden = !lv.data.months.length;
    if (!lv.data.months.length) { lv.mode = "off"; return; }
    drawModes();
    drawPicks();
    var range = lv.byId("range");
    range.setAttribute("aria-label", lv.words.slider);
    range.addEventListener("input", lv.showSplit);
    lv.map.on("move zoom resize viewreset", lv.showSplit);
  };

  function drawModes() {
    var bar = lv.byId("modes");
    bar.setAttribute("aria-label", lv.words.images);
    ["swipe", "fade", "flicker", "off"].forEach(function (name) {
      var node = lv.button(lv.words[name], "", function () { lv.setMode(name); });
      node.dataset.mode = name;
      bar.appendChild(node);
    });
  }

  function drawPicks() {
    var bar = lv.byId("picks");
    bar.hidden = lv.data.months.length < 2;
    SIDES.forEach(function (side, number) {
      var label = lv.make("label", "lv-pick");
      label.appendChild(lv.make("span", "", lv.words["pick_" + side]));
      var choice = lv.make("select");
      choice.id = "lv-pick-" + side;
      if (!lv.data.ends[number]) { addOption(choice, "", lv.words.own_month); }
      lv.data.months.forEach(function (month) { addOption(choice, month, month); });
      choice.value = lv.data.ends[number];
      choice.addEventListener("change", function () { lv.pick(side, choice.value); });
      label.appendChild(choice);
      bar.appendChild(label);
    });
  }

  function addOption(choice, value, text) {
    var option = lv.make("option", "", text);
    option.value = value;
    choice.appendChild(option);
  }

  lv.pick = function (side, month) {
    picks[side] = month;
    lv.byId("pick-" + side).value = month;
    lv.data.villages.forEach(lv.assignPictures);
    lv.showPictures();
    lv.markStrip();
  };

  // The month shown on a side of a village: the one chosen, else the village's own.
  lv.monthOf = function (village, side) { return picks[side] || (village.ends || ["", ""])[SIDES.indexOf(side)]; };

  lv.assignPictures = function (village) {
    SIDES.forEach(function (side) {
      var old = village[side];
      if (old && old.layer) { old.layer.remove(); }
      var wanted = lv.monthOf(village, side);
      var found = (village.pictures || []).filter(function (picture) { return picture.month === wanted; })[0];
      village[side] = found ? { month: found.month, uri: found.uri, tiles: found.tiles, bounds: found.bounds } : null;
    });
  };

  lv.setMode = function (name) {
    lv.mode = name;
    window.clearInterval(timer);
    afterShown = true;
    if (name === "flicker") { timer = window.setInterval(function () { afterShown = !afterShown; lv.showSplit(); }, FLICKER_MS); }
    Array.prototype.forEach.call(lv.byId("modes").children, function (node) {
      node.setAttribute("aria-pressed", String(node.dataset.mode === name));
    });
    lv.restyle();
    lv.showPictures();
  };

  lv.worthDrawing = function (corners, place) {
    var bounds = L.latLngBounds(corners);
    if (!lv.map.getBounds().intersects(bounds)) { return false; }
    var size = lv.map.latLngToContainerPoint(bounds.getSouthEast()).subtract(lv.map.latLngToContainerPoint(bounds.getNorthWest()));
    return place === lv.selected || Math.max(size.x, size.y) > MIN_IMAGE_PX;
  };

  lv.showPictures = function () {
    inView = false;
    lv.data.villages.forEach(function (village, place) {
      SIDES.forEach(function (side) {
        var picture = village[side];
        if (!picture || !lv.worthDrawing(picture.bounds, place)) { return; }
        inView = true;
        if (!picture.layer) { picture.layer = drawn(picture, "lv-" + side).addTo(lv.map); }
      });
    });
    lv.showChange();
    lv.showSplit();
  };

  function drawn(picture, pane) {
    if (!picture.tiles) { return L.imageOverlay(picture.uri, picture.bounds, { pane: pane, interactive: false, alt: "" }); }
    return L.tileLayer(picture.tiles.url, {
      pane: pane, bounds: picture.bounds, maxNativeZoom: picture.tiles.last, maxZoom: 22,
      minNativeZoom: picture.tiles.first, className: "lv-tiles"
    });
  }

  // How far along the range's track the thumb stands, in pixels of the map.
  function thumbX(width) {
    return THUMB_PX / 2 + (Number(lv.byId("range").value) / 100) * (width - THUMB_PX);
  }

  lv.centreSplit = function (width) {
    var room = lv.map.getSize().x - THUMB_PX;
    lv.byId("range").value = Math.round(100 * (width / 2 - THUMB_PX / 2) / room);
  };

  lv.showSplit = function () {
    var size = lv.map.getSize();
    var share = Number(lv.byId("range").value) / 100;
    var swiping = lv.mode === "swipe";
    var x = swiping ? thumbX(size.x) : lv.mode === "off" ? size.x : 0;
    var corner = lv.map.containerPointToLayerPoint([0, 0]);
    var end = corner.add(size);
    panes.after.style.clip = clip(corner.y, end.x, end.y, corner.x + x);
    panes.before.style.clip = swiping ? clip(corner.y, corner.x + x, end.y, corner.x) : "auto";
    panes.after.style.opacity = lv.mode === "fade" ? share : lv.mode === "flicker" && !afterShown ? 0 : 1;
    panes.before.style.display = lv.mode === "off" ? "none" : "";
    lv.byId("swipe").hidden = lv.mode === "off" || !inView;
    lv.byId("swipe").className = "lv-swipe lv-mode-" + lv.mode;
    lv.byId("divider").style.left = x + "px";
    showMonths(share);
  };

  function clip(top, right, bottom, left) {
    return "rect(" + [top, right, bottom, left].map(function (edge) { return Math.round(edge) + "px"; }).join(",") + ")";
  }

  function showMonths(share) {
    var village = lv.data.villages[lv.selected];
    var bar = lv.byId("bar");
    // On a phone the bar takes as many lines as its language needs; on paper it is not there.
    var below = lv.narrow() && bar.offsetHeight ? bar.offsetTop + bar.offsetHeight + 4 + "px" : "";
    var dim = { swipe: [1, 1], fade: [1 - share, share], flicker: afterShown ? [0, 1] : [1, 0], off: [0, 0] }[lv.mode];
    SIDES.forEach(function (side, number) {
      var chosen = picks[side] || lv.data.ends[number] || (lv.data.months.length > 1 ? lv.words.own_month : lv.words.no_image);
      var month = village ? (village[side] ? village[side].month : lv.words.no_image) : chosen;
      var tag = lv.byId("month-" + side);
      tag.textContent = lv.say(side, { month: month });
      tag.style.top = below;
      tag.style.opacity = 0.35 + 0.65 * dim[number];
    });
  }
}(window.lvgeo));

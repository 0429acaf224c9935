/* Change: canopy gained and lost between the two months on show, worked out from the months' class pictures.
   A class picture is grey: black not observed, middle grey other ground, white canopy. */
(function (lv) {
  "use strict";

  var KINDS = ["gain", "loss"];
  var wanted = { gain: false, loss: false };
  var known = {};  // village code and month → {width, height, classes}

  lv.drawChange = function () {
    lv.pane("lv-change", 410);
    var bar = lv.byId("change");
    bar.hidden = !lv.data.has_classes;
    if (bar.hidden) { return; }
    KINDS.forEach(function (kind) {
      var toggle = lv.button("", "", function () {
        wanted[kind] = !wanted[kind];
        toggle.setAttribute("aria-pressed", String(wanted[kind]));
        lv.showChange();
      });
      toggle.dataset.kind = kind;
      toggle.setAttribute("aria-pressed", "false");
      toggle.appendChild(lv.sample({ colour: lv.data.change[kind], dash: "" }, true));
      toggle.appendChild(lv.make("span", "", lv.words[kind]));
      bar.appendChild(toggle);
    });
  };

  lv.showChange = function () {
    lv.data.villages.forEach(function (village, place) {
      var pair = chosen(village);
      var visible = pair && lv.worthDrawing(pair[0].bounds, place);
      var key = visible ? [pair[0].month, pair[1].month, wanted.gain, wanted.loss].join() : "";
      if (key === (village.changeKey || "")) { return; }
      village.changeKey = key;
      if (village.changeLayer) { village.changeLayer.remove(); village.changeLayer = null; }
      if (key) { compare(village, pair, key); }
    });
  };

  function chosen(village) {
    if (!(wanted.gain || wanted.loss) || !village.classes) { return null; }
    var pair = ["before", "after"].map(function (side) {
      return village.classes.filter(function (one) { return one.month === lv.monthOf(village, side); })[0];
    });
    return pair[0] && pair[1] && String(pair[0].bounds) === String(pair[1].bounds) ? pair : null;
  }

  function compare(village, pair, key) {
    read(village.code, pair[0], function (before) {
      read(village.code, pair[1], function (after) {
        if (village.changeKey !== key || before.width !== after.width || before.height !== after.height) { return; }
        village.changeLayer = L.imageOverlay(painted(before, after), pair[0].bounds, {
          pane: "lv-change", interactive: false, alt: "", className: "lv-crisp"
        }).addTo(lv.map);
      });
    });
  }

  // Classes of one month, by way of a canvas.
  function read(code, one, then) {
    var name = code + " " + one.month;
    if (known[name]) { then(known[name]); return; }
    var image = new Image();
    image.onload = function () {
      var canvas = lv.make("canvas");
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      var context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      var pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
      var classes = new Uint8Array(pixels.length / 4);
      for (var at = 0; at < classes.length; at += 1) { classes[at] = pixels[4 * at] < 64 ? 0 : pixels[4 * at] < 192 ? 1 : 2; }
      known[name] = { width: canvas.width, height: canvas.height, classes: classes };
      then(known[name]);
    };
    image.src = one.uri;
  }

  function painted(before, after) {
    var canvas = lv.make("canvas");
    canvas.width = before.width;
    canvas.height = before.height;
    var context = canvas.getContext("2d");
    var picture = context.createImageData(canvas.width, canvas.height);
    var paints = KINDS.map(function (kind) { return parseInt(lv.data.change[kind].slice(1), 16); });
    for (var at = 0; at < before.classes.length; at += 1) {
      var was = before.classes[at], is = after.classes[at];
      var kind = was === 1 && is === 2 ? 0 : was === 2 && is === 1 ? 1 : -1;
      if (kind < 0 || !wanted[KINDS[kind]]) { continue; }
      picture.data[4 * at] = paints[kind] >> 16;
      picture.data[4 * at + 1] = (paints[kind] >> 8) & 255;
      picture.data[4 * at + 2] = paints[kind] & 255;
      picture.data[4 * at + 3] = 225;
    }
    context.putImageData(picture, 0, 0);
    return canvas.toDataURL("image/png");
  }
}(window.lvgeo));

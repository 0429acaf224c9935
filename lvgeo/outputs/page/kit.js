/* The map's viewer, in a few scripts by noun; each adds to `lv`, the last one starts it. They read one JSON block and
   draw everything from it. Text from the data only ever becomes text (textContent, or attributes that cannot run);
   nothing here builds markup from data. Written for browsers of 2018 on. This one: small tools. */
(function (lv) {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";

  lv.data = JSON.parse(document.getElementById("lv-data").textContent);
  lv.words = lv.data.words;
  lv.map = window.map_lvgeo;
  lv.selected = -1;
  lv.plots = [];
  lv.calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  lv.keyed = function (marks) {
    var found = {};
    marks.forEach(function (mark) { found[mark.key] = mark; });
    return found;
  };
  lv.states = lv.keyed(lv.data.states);
  lv.statuses = lv.keyed(lv.data.statuses);
  lv.severities = lv.keyed(lv.data.severities);

  lv.byId = function (id) { return document.getElementById("lv-" + id); };

  lv.narrow = function () { return window.matchMedia("(max-width: 760px)").matches; };

  lv.make = function (tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  };

  lv.makeSvg = function (tag, attributes, text) {
    var node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  };

  lv.say = function (code, values) {
    return lv.words[code].replace(/\{(\w+)\}/g, function (whole, name) {
      return Object.prototype.hasOwnProperty.call(values, name) ? String(values[name]) : whole;
    });
  };

  lv.button = function (text, className, action) {
    var node = lv.make("button", className, text);
    node.type = "button";
    node.addEventListener("click", action);
    return node;
  };

  lv.icon = function (mark, size) {
    var svg = lv.makeSvg("svg", { viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true", "class": "lv-icon" });
    svg.appendChild(lv.makeSvg("circle", { cx: 8, cy: 8, r: 7.6, fill: mark.colour, stroke: "#1f2328", "stroke-width": 0.7 }));
    var sign = lv.makeSvg("g", { transform: "translate(2.4 2.4) scale(.7)" });
    sign.appendChild(lv.makeSvg("path", { d: mark.icon, fill: mark.ink }));
    svg.appendChild(sign);
    return svg;
  };

  lv.sample = function (mark, filled) {
    var svg = lv.makeSvg("svg", { viewBox: "0 0 34 16", width: 34, height: 16, "aria-hidden": "true" });
    svg.appendChild(lv.makeSvg("rect", {
      x: 2, y: 2, width: 30, height: 12, fill: filled ? mark.colour : "none", "fill-opacity": 0.5,
      stroke: mark.colour, "stroke-width": 2.4, "stroke-dasharray": mark.dash || "none"
    }));
    return svg;
  };

  lv.number = function (value) {
    var text = Math.abs(value).toFixed(1);
    if (Number(text) === 0) { return "0.0"; }
    return (value < 0 ? "−" : "+") + text;
  };
}(window.lvgeo = window.lvgeo || {}));

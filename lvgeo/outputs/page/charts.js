/* Charts: this month's interval along a line, and every month's against what was due. */
(function (lv) {
  "use strict";

  function liner(svg) {
    return function (x1, y1, x2, y2, className) {
      svg.appendChild(lv.makeSvg("line", { x1: x1, y1: y1, x2: x2, y2: y2, "class": className }));
    };
  }

  function ends(values) {
    var known = values.filter(function (value) { return value !== null && value !== undefined; });
    return [Math.min.apply(null, known), Math.max.apply(null, known)];
  }

  // A line from low to high with a dot at the estimate, zero marked, and what is due as a flag.
  lv.intervalPicture = function (interval) {
    var width = 300, height = 62, base = 34;
    var reach = ends([0, interval.low, interval.high, interval.required]);
    var room = Math.max((reach[1] - reach[0]) * 0.12, 0.5);
    function x(value) { return 14 + (width - 28) * (value - reach[0] + room) / (reach[1] - reach[0] + 2 * room); }
    var said = { middle: lv.number(interval.middle), low: lv.number(interval.low), high: lv.number(interval.high) };
    var svg = lv.makeSvg("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": lv.say("interval_picture", said), "class": "lv-interval" });
    var line = liner(svg);
    function text(at, y, words, className) {
      svg.appendChild(lv.makeSvg("text", { x: Math.min(width - 26, Math.max(26, at)), y: y, "class": className || "" }, words));
    }
    line(8, base, width - 8, base, "lv-axis");
    line(x(0), base - 11, x(0), base + 11, "lv-zero");
    line(x(interval.low), base, x(interval.high), base, "lv-span");
    line(x(interval.low), base - 6, x(interval.low), base + 6, "lv-end");
    line(x(interval.high), base - 6, x(interval.high), base + 6, "lv-end");
    svg.appendChild(lv.makeSvg("circle", { cx: x(interval.middle), cy: base, r: 5, "class": "lv-dot" }));
    if (interval.required !== null) {
      line(x(interval.required), base - 16, x(interval.required), base + 10, "lv-due");
      text(x(interval.required), base - 20, lv.say("required_mark", { value: lv.number(interval.required) }), "lv-due-text");
    }
    if (Math.abs(x(0) - x(interval.low)) > 34 && Math.abs(x(0) - x(interval.high)) > 34) { text(x(0), base + 24, "0"); }
    text(x(interval.low), base + 24, said.low);
    if (x(interval.high) - x(interval.low) > 40) { text(x(interval.high), base + 24, said.high); }
    return svg;
  };

  // Each month's interval as a bar with the verdict's icon at the estimate; what was due as a line across.
  lv.monthChart = function (months) {
    var known = months.filter(function (one) { return one.middle !== null; });
    if (!known.length) { return null; }
    var width = 300, height = 148, left = 38, foot = 22;
    var values = [0];
    known.forEach(function (one) { values.push(one.low, one.high, one.required); });
    var reach = ends(values), room = Math.max(1, (reach[1] - reach[0]) * 0.1);
    function y(value) { return 8 + (height - foot - 12) * (reach[1] + room - value) / (reach[1] - reach[0] + 2 * room); }
    var step = (width - left - 6) / months.length;
    var dot = Math.min(14, step), cap = Math.min(6, step * 0.4);
    var named = labelled(months, step);
    var svg = lv.makeSvg("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": lv.words.chart, "class": "lv-chart" });
    var line = liner(svg);
    function text(x, at, words, className) { svg.appendChild(lv.makeSvg("text", { x: x, y: at, "class": className || "" }, words)); }
    ticks(reach).forEach(function (tick) {
      line(left, y(tick), width - 6, y(tick), tick === 0 ? "lv-zero" : "lv-tick");
      text(left - 6, y(tick) + 4, tick > 0 ? "+" + tick : String(tick).replace("-", "−"), "lv-value");
    });
    months.forEach(function (one, place) {
      var x = left + step * (place + 0.5);
      if (named[place]) { text(Math.min(x, width - 22), height - 6, named[place]); }
      if (one.middle === null) { text(x, y(0) - 5, "–"); return; }
      line(x, y(one.low), x, y(one.high), "lv-span");
      line(x - cap, y(one.low), x + cap, y(one.low), "lv-end");
      line(x - cap, y(one.high), x + cap, y(one.high), "lv-end");
      if (one.required !== null) { line(x - step * 0.38, y(one.required), x + step * 0.38, y(one.required), "lv-due"); }
      var mark = lv.icon((lv.data.family === "verdict" && lv.states[one.verdict]) || lv.data.states[lv.data.states.length - 1], dot);
      mark.setAttribute("x", x - dot / 2);
      mark.setAttribute("y", y(one.middle) - dot / 2);
      svg.appendChild(mark);
    });
    return svg;
  };

  // What stands under each month: as many as have room, the last one always; the month alone only within one year.
  function labelled(months, step) {
    var short = step < 46 && months.length <= 12;
    var every = Math.ceil((short ? 20 : step < 46 ? 62 : 46) / step);
    return months.map(function (one, place) {
      if ((months.length - 1 - place) % every) { return ""; }
      return short ? one.month.slice(5) : one.month;
    });
  }

  // Three or four round values.
  function ticks(reach) {
    var raw = Math.max(reach[1] - reach[0], 1) / 3;
    var size = Math.pow(10, Math.floor(Math.log(raw) / Math.LN10));
    var step = [1, 2, 5, 10].map(function (n) { return n * size; }).filter(function (n) { return n >= raw; })[0];
    var found = [];
    for (var n = Math.ceil(reach[0] / step); n * step <= reach[1]; n += 1) { found.push(Math.round(n * step * 100) / 100); }
    return found;
  }
}(window.lvgeo));

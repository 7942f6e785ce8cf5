/* Paints charts: puts the values of CSS tokens where a figure names them, so charts follow the theme.
   A chart is {figure, narrow}: `narrow` replaces parts of the layout on a narrow screen. */
(function () {
  'use strict';
  var TOKEN = /var\((--[a-z0-9-]+)\)/g;

  function resolve(part, value) {
    if (typeof part === 'string') {
      return part.indexOf('var(') < 0 ? part : part.replace(TOKEN, function (_, name) { return value(name); });
    }
    if (Array.isArray(part)) { return part.map(function (item) { return resolve(item, value); }); }
    if (part && typeof part === 'object') {
      var copy = {};
      Object.keys(part).forEach(function (key) { copy[key] = resolve(part[key], value); });
      return copy;
    }
    return part;
  }

  function merged(layout, changes) {
    var result = Object.assign({}, layout);
    Object.keys(changes).forEach(function (key) {
      var change = changes[key];
      var plain = change && typeof change === 'object' && !Array.isArray(change);
      result[key] = plain ? Object.assign({}, layout[key], change) : change;
    });
    return result;
  }

  /* Chart types that few pages draw come with a file of their own; it meets Plotly whichever is there first. */
  var FIRST = ['scatter', 'bar', 'waterfall'];
  var coming = null;

  function more() {
    var meta = document.querySelector('meta[name="fd-plotly-more"]');
    coming = coming || new Promise(function (resolve, reject) {
      var script = document.createElement('script');
      window.addEventListener('plotly-more', resolve, { once: true });
      script.src = meta.content;
      script.addEventListener('error', function () { coming = null; reject(new Error('The chart types were not loaded')); });
      document.head.append(script);
    });
    return coming;
  }

  function paint(chart, screen) {
    if (!chart) { return window.dash_clientside.no_update; }
    var rare = chart.figure.data.some(function (trace) { return FIRST.indexOf(trace.type || 'scatter') < 0; });
    if (!rare || (window.Plotly && window.Plotly.more)) { return painted(chart, screen); }
    return more().then(function () { return painted(chart, screen); }, function () {
      if (window.fd && window.fd.unreached) { window.fd.unreached(); }
      return window.dash_clientside.no_update;
    });
  }

  function painted(chart, screen) {
    var style = getComputedStyle(document.querySelector('.paper') || document.documentElement);
    var figure = chart.figure;
    var layout = screen && screen.narrow ? merged(figure.layout, chart.narrow) : figure.layout;
    return resolve({ data: figure.data, layout: layout }, function (name) {
      return style.getPropertyValue(name).trim();
    });
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { paint: paint });
})();

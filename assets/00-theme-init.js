/* Runs in the head, before anything is painted: the theme, the privacy mode, and where charts find Plotly.
   An external file, so that the Content-Security-Policy needs no exception. */
(function () {
  'use strict';
  var root = document.documentElement;
  var stored = null;
  var hidden = null;
  try {
    stored = localStorage.getItem('mantine-color-scheme-value');
    hidden = localStorage.getItem('fd-privacy');
  } catch (error) { /* storage may be refused: the system's theme is used then */ }
  var system = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  root.setAttribute('data-mantine-color-scheme', stored === 'dark' || stored === 'light' ? stored : system);
  root.setAttribute('data-privacy', hidden === 'on' ? 'on' : 'off');

  /* dcc.Graph loads Plotly from this address when the first chart appears; Dash sets its own bundle here later. */
  var bundle = document.querySelector('meta[name="fd-plotly"]');
  if (bundle) {
    Object.defineProperty(window, '_dashPlotlyJSURL', {
      get: function () { return bundle.content; },
      set: function () { /* ours stays */ }
    });
  }
})();

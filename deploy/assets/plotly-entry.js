// What the dashboard draws, and nothing else. `scatter` is part of core.
// An unregistered trace type is drawn as a scatter without an error, so a new chart type starts here.
'use strict';

const Plotly = require('plotly.js/lib/core');

Plotly.register([
  require('plotly.js/lib/bar'),
  require('plotly.js/lib/heatmap'),
  require('plotly.js/lib/indicator'),
  require('plotly.js/lib/pie'),
  require('plotly.js/lib/sankey'),
  require('plotly.js/lib/treemap'),
  require('plotly.js/lib/waterfall'),
  // Month names, decimal marks and tool tips of the axes; `en` is built in. Graph config: {locale: "de"}.
  require('plotly.js/lib/locales/de'),
  require('plotly.js/lib/locales/es'),
  require('plotly.js/lib/locales/fr'),
  require('plotly.js/lib/locales/it'),
  require('plotly.js/lib/locales/nl'),
  require('plotly.js/lib/locales/pl'),
  require('plotly.js/lib/locales/pt-br'),
]);

module.exports = Plotly;

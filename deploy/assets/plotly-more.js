// The chart types that few pages draw. They are built on the modules of `plotly-entry.js`.
'use strict';

module.exports = [
  require('plotly.js/lib/heatmap'),
  require('plotly.js/lib/indicator'),
  require('plotly.js/lib/pie'),
  require('plotly.js/lib/sankey'),
  require('plotly.js/lib/treemap'),
];

// What most pages draw: lines, bars and waterfalls. `plotly-more.js` has the rest, for the pages that draw it.
// An unregistered trace type is drawn as a scatter without an error, so a new chart type starts in one of the two.
//
// This stands in for plotly.js/src/core.js, which brings parts that no chart of ours has: sliders and menus inside of a
// chart, range sliders, error bars, images, annotations in three dimensions, promises for old browsers.
'use strict';

require('plotly.js/build/plotcss');

const { register } = require('plotly.js/src/registry');
const api = require('plotly.js/src/plot_api');
const Plots = require('plotly.js/src/plots/plots');

exports.version = require('plotly.js/src/version').version;
exports.register = register;
for (const [name, fn] of Object.entries(api)) {
  if (name.charAt(0) !== '_') exports[name] = fn;
  register({ moduleType: 'apiMethod', name, fn });
}

register([
  require('plotly.js/src/traces/scatter'),
  require('plotly.js/lib/bar'),
  require('plotly.js/lib/waterfall'),
  // In the order of plotly.js: the legend's defaults depend on the shapes', the hover label's on the legend's.
  require('plotly.js/src/components/annotations'),
  require('plotly.js/src/components/selections'),
  require('plotly.js/src/components/shapes'),
  require('plotly.js/src/components/grid'),
  require('plotly.js/src/components/colorscale'),
  require('plotly.js/src/components/colorbar'),
  require('plotly.js/src/components/legend'),
  require('plotly.js/src/components/fx'),
  require('plotly.js/src/components/modebar'),
  require('plotly.js/src/locale-en'),
  require('plotly.js/src/locale-en-us'),
  // Month names, decimal marks and tool tips of the axes. Graph config: {locale: "de"}.
  require('plotly.js/lib/locales/de'),
  require('plotly.js/lib/locales/es'),
  require('plotly.js/lib/locales/fr'),
  require('plotly.js/lib/locales/it'),
  require('plotly.js/lib/locales/nl'),
  require('plotly.js/lib/locales/pl'),
  require('plotly.js/lib/locales/pt-br'),
]);

exports.Plots = { resize: Plots.resize, graphJson: Plots.graphJson };
exports.Icons = require('plotly.js/src/fonts/ploticon');
exports.PlotSchema = require('plotly.js/src/plot_api/plot_schema');

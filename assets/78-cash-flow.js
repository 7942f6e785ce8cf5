/* The cash flow page: marks of charts lead on, and the page prints as a report. */
(function () {
  'use strict';
  var root = document.documentElement;
  var SCHEME = 'data-mantine-color-scheme';

  /* A mark carries the address that it leads to: this page for less, the transactions, or what its figure is made of. */
  function openMark() {
    var triggered = window.dash_clientside.callback_context.triggered[0];
    var point = triggered && triggered.value && triggered.value.points && triggered.value.points[0];
    var href = point && point.customdata;
    if (typeof href !== 'string' || !/^(\?|\/transactions\?|\/explain\?)/.test(href)) { return window.dash_clientside.no_update; }
    var parts = href.split('?');
    window.dash_clientside.set_props('url', { pathname: parts[0] || window.location.pathname, search: '?' + parts[1] });
    return window.dash_clientside.no_update;
  }

  /* Charts are as wide as the window was; on paper they scale to the column. */
  function fitCharts(printing) {
    document.querySelectorAll('.plot .main-svg').forEach(function (svg) {
      if (printing) {
        svg.setAttribute('viewBox', '0 0 ' + svg.getAttribute('width') + ' ' + svg.getAttribute('height'));
      } else { svg.removeAttribute('viewBox'); }
    });
  }

  window.addEventListener('beforeprint', function () { fitCharts(true); });
  window.addEventListener('afterprint', function () { fitCharts(false); });

  /* Paper is white and as wide as it is: charts are painted for it first. */
  function printReport() {
    var before = root.getAttribute(SCHEME);
    var narrow = window.matchMedia('(max-width: 640px)').matches;
    function show(name, asReport) {
      root.setAttribute(SCHEME, name);
      root.classList.toggle('is-report', asReport);
      window.dash_clientside.set_props('theme', { data: { scheme: name, narrow: narrow && !asReport } });
    }
    window.addEventListener('afterprint', function () { show(before, false); }, { once: true });
    show('light', true);
    window.setTimeout(window.print.bind(window), 900);
  }

  document.addEventListener('click', function (event) {
    if (event.target.closest('#flow-print')) { printReport(); }
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { openMark: openMark });
})();

/* The printable report: the button prints it, and while it is printed the document is called as the report is: browsers
   propose that as the name of the file, and the foot of each page says it. */
(function () {
  'use strict';
  var root = document.documentElement, before = null;

  function name() {
    var told = document.querySelector('[data-report-name]');
    return told ? told.getAttribute('data-report-name') : null;
  }

  window.addEventListener('beforeprint', function () {
    var own = name();
    if (!own) { return; }
    before = document.title;
    document.title = own;
    root.style.setProperty('--report-name', JSON.stringify(own));
  });
  window.addEventListener('afterprint', function () {
    if (before === null) { return; }
    document.title = before;
    before = null;
    root.style.removeProperty('--report-name');
  });
  document.addEventListener('click', function (event) {
    if (event.target.closest && event.target.closest('[data-print]')) { window.print(); }
  });
})();

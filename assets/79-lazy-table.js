/* Tables behind charts, written when they are opened (components/lazy.py); every text goes in as text. */
(function () {
  'use strict';
  /* A cell is a text, or a text and the address it leads to: the same page's application shows it. */
  function cell(row, tag, told, css, scope) {
    var made = document.createElement(tag);
    var text = Array.isArray(told) ? told[0] : told;
    if (Array.isArray(told) && told[1].charAt(0) === '/') {
      var link = document.createElement('a');
      link.href = told[1];
      link.className = 'why';
      link.textContent = text;
      made.append(link);
    } else { made.textContent = text; }
    if (css) { made.className = css; }
    if (scope) { made.scope = scope; }
    row.append(made);
  }

  function fill(box) {
    var told = JSON.parse(box.getAttribute('data-table'));
    var table = document.createElement('table'), caption = table.createCaption();
    table.className = 'table';
    caption.textContent = told.caption;
    caption.className = 'visually-hidden';
    function css(place) { return place < told.texts ? '' : 'number money-text'; }
    var head = table.createTHead().insertRow();
    told.heads.forEach(function (text, place) { cell(head, 'th', text, css(place), 'col'); });
    var body = table.createTBody();
    told.rows.forEach(function (row) {
      var line = body.insertRow();
      row.forEach(function (text, place) { cell(line, place ? 'td' : 'th', text, css(place), place ? '' : 'row'); });
    });
    box.replaceChildren(table);
  }

  document.addEventListener('toggle', function (event) {
    var box = event.target.open && event.target.querySelector && event.target.querySelector(':scope > [data-table]');
    if (box) { fill(box); }
  }, true);

  document.addEventListener('click', function (event) {
    var link = event.target.closest && event.target.closest('[data-table] a.why');
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) { return; }
    event.preventDefault();
    window.dash_clientside.set_props('url', { pathname: link.pathname, search: link.search });
  });

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.target.closest('details[open]')) { fill(change.target); }
    });
  }).observe(document, { subtree: true, attributeFilter: ['data-table'] });
})();

/* Tables behind charts, written when they are opened (components/lazy.py); every text goes in as text. */
(function () {
  'use strict';
  function cell(row, tag, text, css, scope) {
    var made = document.createElement(tag);
    made.textContent = text;
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

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.target.closest('details[open]')) { fill(change.target); }
    });
  }).observe(document, { subtree: true, attributeFilter: ['data-table'] });
})();

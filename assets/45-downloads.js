/* What a panel shows, as a file: its table as CSV (RFC 4180), its chart as PNG. A button with `data-download` says which
   (components/parts.py, `downloads`). Nothing is asked of the server: the file has what stands on the page. */
(function () {
  'use strict';
  var t = window.fd.t, root = document.documentElement;
  var RUNS = /^ *[=+\-@\t\r\n|\uff1d\uff0b\uff0d\uff20]/, NUMBER = /^[+-]?\d+(?:\.\d+)?%?$/;
  var AMOUNT = /^([^\d]*)(\d(?:[\d.,'\u2019\s]*\d)?)([^\d]*)$/;
  var SCALE = 2;       // pixels of the picture for each of the page's
  var HEAD = 64;       // room above a chart for what it is
  var LEAST = 720;     // a picture is at least so wide
  var KEPT_MS = 60000; // so long a file may take to be saved

  function save(blob, name) {
    var link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, KEPT_MS);
  }

  function said(panel, selector) {
    var found = panel.querySelector(selector);
    return found ? found.textContent.trim() : '';
  }

  function titleOf(panel) { return said(panel, 'h2') || said(document, 'h1'); }

  function nameOf(button, kind) {
    var words = button.closest('[data-name]').getAttribute('data-name');
    var plain = words.toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
    return Array.from(plain || 'figures').slice(0, 80).join('') + '.' + kind;
  }

  /* ---- CSV ---- */

  function point() {
    var locale = root.getAttribute('data-locale') || root.lang;
    try {
      return new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).formatToParts(1.5).filter(function (part) { return part.type === 'decimal'; })[0].value;
    } catch (error) { return '.'; }
  }

  /* A figure as programs read it, and its unit: `\u22121.234,50 \u20ac` is -1234.50 of \u20ac. Null for other text. */
  function figure(text, decimal) {
    var found = AMOUNT.exec(text.replace(/\u2212/g, '-'));
    if (!found) { return null; }
    var cut = found[2].lastIndexOf(decimal), whole = cut < 0 ? found[2] : found[2].slice(0, cut), rest = cut < 0 ? '' : found[2].slice(cut + 1);
    var number = whole.replace(/[^\d]/g, '') + (rest ? '.' + rest : '');
    if (!/^\d+(\.\d+)?$/.test(number)) { return null; }
    var minus = found[1].indexOf('-') >= 0 ? '-' : '';
    var unit = (found[1] + found[3]).replace(/[-+\s\u200e\u200f\u061c]/g, '');
    return unit === '%' ? { text: minus + number + '%', unit: '' } : { text: minus + number, unit: unit };
  }

  function seen(cell) {
    var day = cell.querySelector('time[datetime]'), copy = cell.cloneNode(true);
    copy.querySelectorAll('.visually-hidden, .worth-words').forEach(function (each) { each.remove(); });
    return day ? day.getAttribute('datetime') : copy.textContent.trim();
  }

  /* The panel's table as it stands, or as `assets/79-lazy-table.js` would write it: heads, lines, how many are words. */
  function tableOf(panel) {
    var lazy = panel.querySelector('[data-table]'), table = panel.querySelector('table');
    if (lazy) {
      var told = JSON.parse(lazy.getAttribute('data-table'));
      return {
        heads: told.heads, texts: told.texts,
        lines: told.rows.map(function (row) {
          return row.map(function (each) { return !Array.isArray(each) ? each : /^\d{4}-\d\d/.test(each[1]) ? each[1] : each[0]; });
        })
      };
    }
    var heads = Array.from(table.tHead.rows[0].cells);
    return {
      heads: heads.map(seen), texts: heads.filter(function (head) { return !head.classList.contains('number'); }).length,
      lines: Array.from(table.tBodies).flatMap(function (body) { return Array.from(body.rows); }).map(function (row) { return Array.from(row.cells).map(seen); })
    };
  }

  function quoted(text) {
    var safe = RUNS.test(text) && !NUMBER.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  }

  /* Figures become numbers; a unit that all of a column share goes to its head, else it stays beside its figure. */
  function csv(table) {
    var decimal = point(), heads = table.heads.slice(), lines = table.lines.map(function (line) { return line.slice(); });
    heads.forEach(function (head, column) {
      if (column < table.texts) { return; }
      var figures = lines.map(function (line) { return figure(line[column] || '', decimal); });
      var units = new Set(figures.filter(Boolean).map(function (each) { return each.unit; })), unit = units.size === 1 ? Array.from(units)[0] : null;
      if (unit) { heads[column] = head + ' (' + unit + ')'; }
      figures.forEach(function (each, row) {
        if (each) { lines[row][column] = each.text + (unit === null && each.unit ? ' ' + each.unit : ''); }
      });
    });
    return [heads].concat(lines).map(function (line) { return line.map(quoted).join(',') + '\r\n'; }).join('');
  }

  /* ---- PNG ---- */

  function token(name) { return getComputedStyle(root).getPropertyValue(name).trim(); }

  /* A drawing is an image of its own and sees no fonts of the page: the one in use is put into it. */
  var letters = null;
  function fontRule() {
    letters = letters || Promise.resolve(latinFont()).then(function (address) { return address ? window.fetch(address) : null; }).then(function (answer) {
      return answer && answer.ok ? answer.arrayBuffer() : null;
    }).then(function (bytes) {
      if (!bytes) { return ''; }
      var text = '', all = new Uint8Array(bytes);
      for (var place = 0; place < all.length; place += 8192) { text += String.fromCharCode.apply(null, all.subarray(place, place + 8192)); }
      return "<style>@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(data:font/woff2;base64," + btoa(text) + ") format('woff2')}</style>";
    }).catch(function () { letters = null; return ''; });
    return letters;
  }

  function latinFont() {
    var rules = Array.from(document.styleSheets).flatMap(function (sheet) { return Array.from(sheet.cssRules); });
    var rule = rules.filter(function (each) { return each instanceof CSSFontFaceRule && /U\+0+-/i.test(each.style.getPropertyValue('unicode-range')); })[0];
    var found = rule && /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue('src'));
    return found ? new URL(found[1], rule.parentStyleSheet.href).href : null;
  }

  function rasterised(svg, width, height) {
    return fontRule().then(function (font) {
      return new Promise(function (resolve, reject) {
        var image = new Image();
        image.onload = function () {
          var canvas = document.createElement('canvas'), paint = canvas.getContext('2d');
          canvas.width = Math.round(width * SCALE);
          canvas.height = Math.round(height * SCALE);
          paint.fillStyle = token('--surface');
          paint.fillRect(0, 0, canvas.width, canvas.height);
          paint.scale(SCALE, SCALE);
          paint.drawImage(image, 0, 0);
          try { canvas.toBlob(function (blob) { if (blob) { resolve(blob); } else { reject(new Error('no picture')); } }, 'image/png'); } catch (error) { reject(error); }
        };
        image.onerror = reject;
        image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg.replace(/^(<svg[^>]*>)/, function (head) { return head + font; }));
      });
    });
  }

  /* A chart drawn once more, under its title and on the colour of its panel. */
  function chartPicture(panel, plot) {
    var now = plot._fullLayout, width = Math.max(LEAST, now.width || 0), height = (now.height || 280) + HEAD, margin = plot.layout.margin || {};
    var layout = Object.assign({}, plot.layout, {
      autosize: false, width: width, height: height, paper_bgcolor: token('--surface'),
      margin: Object.assign({}, margin, { t: (margin.t || 0) + HEAD, l: Math.max(margin.l || 0, 16), r: Math.max(margin.r || 0, 16) }),
      title: {
        text: '<b>' + titleOf(panel).replace(/</g, '\u2039') + '</b><br>' + said(panel, '.period').replace(/</g, '\u2039'),
        x: 16 / width, xanchor: 'left', y: 1 - 16 / height, yanchor: 'top', yref: 'container', font: { size: 14, color: token('--text') }
      }
    });
    return window.Plotly.toImage({ data: plot.data, layout: layout }, { format: 'svg', width: width, height: height }).then(function (address) {
      return rasterised(decodeURIComponent(address.slice(address.indexOf(',') + 1)), width, height);
    });
  }

  function styled(from, to) {
    var style = getComputedStyle(from), text = '';
    for (var place = 0; place < style.length; place += 1) {
      var value = style.getPropertyValue(style[place]);
      if (value.indexOf('url(') < 0) { text += style[place] + ':' + value + ';'; }
    }
    to.setAttribute('style', text);
    Array.from(from.children).forEach(function (child, index) { styled(child, to.children[index]); });
  }

  /* A panel of plain elements, drawn as it stands: bars, bullets, small multiples. */
  function panelPicture(panel) {
    var copy = panel.cloneNode(true), box = panel.getBoundingClientRect(), foot = panel.querySelector('.panel-foot');
    styled(panel, copy);
    copy.querySelectorAll('.panel-foot, .alert-box, .icon, .visually-hidden, button').forEach(function (each) { each.remove(); });
    var height = foot ? Math.max(120, foot.getBoundingClientRect().top - box.top + 8) : box.height;
    copy.style.cssText += ';margin:0;border:0;border-radius:0;height:auto;background:' + token('--surface');
    var xml = new XMLSerializer().serializeToString(copy);
    var svg = '<svg xmlns="http://www.w3.org/2000/svg" width="' + box.width + '" height="' + height + '"><foreignObject width="100%" height="100%">' + xml + '</foreignObject></svg>';
    return rasterised(svg, box.width, height);
  }

  /* The table may stand in place of the chart: the chart is what is drawn. */
  function picture(panel) {
    var plot = panel.querySelector('.js-plotly-plot'), open = panel.querySelector('.as-table[open]');
    if (plot) { return chartPicture(panel, plot); }
    if (open) { open.open = false; }
    return panelPicture(panel).finally(function () { if (open) { open.open = true; } });
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-download]');
    var panel = button && button.closest('.panel');
    if (!panel || button.hasAttribute('aria-busy')) { return; }
    var kind = button.getAttribute('data-download');
    if (kind === 'csv') { save(new Blob(['\ufeff' + csv(tableOf(panel))], { type: 'text/csv' }), nameOf(button, kind)); return; }
    button.setAttribute('aria-busy', 'true');
    picture(panel).then(function (blob) { save(blob, nameOf(button, kind)); }, function () {
      window.fdLedger.toast(t('The picture could not be made. Your browser can print the page, or save it as PDF.'));
    }).finally(function () { button.removeAttribute('aria-busy'); });
  });
})();

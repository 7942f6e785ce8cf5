/* Words of the scripts in the language of the page. `/assets/words/<language>.js` brings them before this file (in a
   frame after it); English needs none. fd.t('Saved {count} of {total}', {count: 3, total: 5}) and
   fd.n('{count} row', '{count} rows', 3, {count: '3'}) give text, never HTML. */
(function () {
  'use strict';
  var ENGLISH = { language: 'en', messages: {}, plurals: {}, plural: function (number) { return number === 1 ? 0 : 1; } };
  var own = Object.prototype.hasOwnProperty;

  function said() { return window.fdWords || ENGLISH; }

  function filled(text, values) {
    return values ? text.replace(/\{(\w+)\}/g, function (place, name) { return own.call(values, name) ? values[name] : place; }) : text;
  }

  function t(text, values) {
    var known = said().messages;
    return filled(own.call(known, text) ? known[text] : text, values);
  }

  function n(one, many, number, values) {
    var known = said(), forms = own.call(known.plurals, one) ? known.plurals[one] : null;
    var text = forms ? forms[Math.min(known.plural(number), forms.length - 1)] : [one, many][ENGLISH.plural(number)];
    return filled(text, values || { n: number });
  }

  /* The language that the person chose in this browser, '' for that of the books. */
  function chosen() { var found = /(?:^|; )(?:__Host-)?fd_language=([a-z]{2})/.exec(document.cookie); return found ? found[1] : ''; }

  function choose(language) {
    var secure = window.location.protocol === 'https:', name = secure ? '__Host-fd_language' : 'fd_language';
    document.cookie = name + '=' + language + '; Path=/; SameSite=Lax; Max-Age=' + (language ? 31536000 : 0) + (secure ? '; Secure' : '');
  }

  /* The date pickers' names of months and days (dmc looks for them here); the browser knows them in every language. */
  function datesIn(language) {
    function names(day, options) { return new Intl.DateTimeFormat(language, Object.assign({ timeZone: 'UTC' }, options)).format(day); }
    function months(width) { return Array.from({ length: 12 }, function (_, month) { return names(new Date(Date.UTC(2026, month, 15)), { month: width }); }); }
    function days(width) { return Array.from({ length: 7 }, function (_, day) { return names(new Date(Date.UTC(2026, 1, 1 + day)), { weekday: width }); }); }
    return {
      name: language, weekStart: 1, months: months('long'), monthsShort: months('short'), weekdays: days('long'), weekdaysShort: days('short'),
      weekdaysMin: days('short'), formats: {}, relativeTime: {}, ordinal: function (n) { return n + '.'; }
    };
  }

  if (window.fdWords) { window['dayjs_locale_' + window.fdWords.language] = datesIn(window.fdWords.language); }
  window.fd = Object.assign(window.fd || {}, { t: t, n: n, chosenLanguage: chosen, chooseLanguage: choose });
  Object.defineProperty(window.fd, 'language', { get: function () { return said().language; } });
})();

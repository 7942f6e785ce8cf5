/* What one page alone needs comes with it: `fd.openLedger` and its like load the file that they are in, then are what it
   defines. The document says in its meta element `fd-parts` which file that is. */
(function () {
  'use strict';
  var meta = document.querySelector('meta[name="fd-parts"]');
  var loading = {};

  function load(address) {
    loading[address] = loading[address] || new Promise(function (resolve, reject) {
      var script = document.createElement('script');
      script.src = address;
      script.addEventListener('load', resolve);
      script.addEventListener('error', function () { delete loading[address]; reject(new Error('A part of the page was not loaded')); });
      document.head.append(script);
    });
    return loading[address];
  }

  function stand(name, address) {
    return function () {
      var given = arguments;
      return load(address).then(function () { return window.dash_clientside.fd[name].apply(null, given); }, function () {
        window.fd.unreached();
        return window.dash_clientside.no_update;
      });
    };
  }

  var parts = {};
  (meta ? meta.content.split(' ') : []).filter(Boolean).forEach(function (pair) {
    var cut = pair.indexOf('=');
    parts[pair.slice(0, cut)] = stand(pair.slice(0, cut), pair.slice(cut + 1));
  });
  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, parts);
})();

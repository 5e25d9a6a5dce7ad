(function () {
  "use strict";
  var byId = function (id) { return document.getElementById(id); };
  var controls = byId("replay"), run = byId("run"), all = byId("all"), speed = byId("speed");
  // Paragraph by paragraph, each with the article that it stands in.
  var parts = Array.prototype.slice.call(document.querySelectorAll("main .words > *"));
  var timer = null, next = 0, begun = false;
  function article(part) { return part.parentNode.parentNode; }
  function name() { run.textContent = timer !== null ? "Pause" : begun ? "Go on" : "Replay"; all.hidden = !begun; }
  function pause() { clearTimeout(timer); timer = null; name(); }
  function stop() {
    begun = false;
    next = 0;
    parts.forEach(function (part) { part.hidden = false; article(part).hidden = false; });
    pause();
  }
  function show() {
    if (next === parts.length) { stop(); return; }
    var part = parts[next];
    var words = part.textContent.split(/\s+/).length + (article(part).hidden ? 3 : 0);
    part.hidden = false;
    article(part).hidden = false;
    part.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    next += 1;
    timer = setTimeout(show, words * 60000 / Number(speed.value));
    name();
  }
  run.addEventListener("click", function () {
    if (timer !== null) { pause(); return; }
    if (!begun) {
      begun = true;
      parts.forEach(function (part) { part.hidden = true; article(part).hidden = true; });
    }
    show();
  });
  all.addEventListener("click", stop);
  addEventListener("beforeprint", stop);
  controls.hidden = parts.length === 0;
})();

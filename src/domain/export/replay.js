(function () {
  "use strict";
  var button = document.getElementById("replay");
  var said = Array.prototype.slice.call(document.querySelectorAll("main article"));
  var timer = null;
  function stop() {
    clearTimeout(timer);
    timer = null;
    said.forEach(function (one) { one.hidden = false; });
    button.textContent = "Replay";
    button.setAttribute("aria-pressed", "false");
  }
  function show(index) {
    if (index === said.length) { stop(); return; }
    var one = said[index];
    one.hidden = false;
    one.scrollIntoView({ block: "end", behavior: "smooth" });
    var words = one.textContent.split(/\s+/).length;
    timer = setTimeout(show, 1000 + words * 60000 / 200, index + 1);
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    if (timer !== null) { stop(); return; }
    said.forEach(function (one) { one.hidden = true; });
    button.textContent = "Show all";
    button.setAttribute("aria-pressed", "true");
    show(0);
  });
  window.addEventListener("beforeprint", stop);
})();

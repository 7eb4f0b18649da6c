// What is open is kept up to date while somebody looks at it. Without this script a page is read by loading it again.
(() => {
  "use strict";
  const PAUSE = 5000;
  const poll = () => { if (!document.hidden) document.body.dispatchEvent(new Event("poll")); };
  setInterval(poll, PAUSE);

  // What is on the screen of somebody who is there has been read.
  const seen = () => {
    const tail = document.getElementById("chat-tail");
    if (!tail || !("unread" in tail.dataset) || document.hidden || !document.hasFocus()) return;
    delete tail.dataset.unread;
    tail.dispatchEvent(new Event("seen"));
  };
  addEventListener("focus", () => { poll(); seen(); });
  document.addEventListener("visibilitychange", () => { poll(); seen(); });
  document.addEventListener("htmx:load", seen);

  // A message is sent: the next one can be typed.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig?.elt.id !== "composer" || !event.detail.successful) return;
    document.getElementById("chat-text")?.focus();
  });
})();

// Swaps the parts that changed, each minute: what is focused, open or scrolled stays as it is.
"use strict";

const EVERY = 60_000;
const AGAIN = 10_000;
const lost = document.getElementById("lost");
let answered = new Date();
let timer = 0;

function swap(fresh) {
  const here = document.getElementById(fresh.id);
  if (!here || here.dataset.part === fresh.dataset.part) return;
  const chosen = document.getSelection();
  if (chosen && !chosen.isCollapsed && here.contains(chosen.anchorNode)) return;
  const focused = here.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...here.querySelectorAll("details[open]")].map((one) => one.id);
  const scrolled = [...here.querySelectorAll(".scroll")].map((one) => one.scrollTop);
  here.replaceWith(fresh);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  fresh.querySelectorAll(".scroll").forEach((one, n) => { one.scrollTop = scrolled[n] ?? 0; });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function tell() {
  const title = document.querySelector("[data-title]")?.dataset.title;
  if (!title || title === document.title) return;
  document.title = title;
  document.getElementById("said").textContent = title;
}

async function look() {
  clearTimeout(timer);
  let next = EVERY;
  try {
    const answer = await fetch("/part", { signal: AbortSignal.timeout(20_000), cache: "no-store" });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [x, y] = [scrollX, scrollY];
    for (const part of fresh.querySelectorAll("[data-part]")) swap(document.adoptNode(part));
    if (x !== scrollX || y !== scrollY) scrollTo({ left: x, top: y, behavior: "instant" });
    answered = new Date();
    lost.hidden = true;
    tell();
  } catch {
    document.getElementById("lost-at").textContent = answered.toLocaleTimeString();
    lost.hidden = false;
    next = AGAIN;
  }
  clearTimeout(timer);
  timer = setTimeout(look, next);
}

// A tab that was hidden is slow to tick: it looks at once when it is seen again.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
timer = setTimeout(look, EVERY);

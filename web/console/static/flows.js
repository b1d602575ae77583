// The drawing works without this file. On a narrow page it opens on the step where the flow begins, not on its empty edge.
"use strict";

for (const drawing of document.querySelectorAll(".drawing")) {
  const first = drawing.querySelector(".box.first")?.getBoundingClientRect();
  const shown = drawing.getBoundingClientRect();
  if (first) drawing.scrollLeft += (first.left + first.right - shown.left - shown.right) / 2;
}

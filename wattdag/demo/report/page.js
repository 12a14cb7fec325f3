"use strict";
// Draws every figure into its place, in the page's colours, and again when the reader's scheme changes.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d"] };

  function theme() {
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const axis = {
      gridcolor: colour("--line"),
      linecolor: colour("--line"),
      zerolinecolor: colour("--soft"),
      zeroline: false,
      automargin: true,
      title: { standoff: 8, font: { size: 12.5, color: colour("--soft") } },
    };
    return {
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { family: colour("--font"), size: 12.5, color: colour("--ink") },
        hoverlabel: { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { family: colour("--font"), size: 12.5, color: colour("--ink") } },
        showlegend: true,
        modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("--line"), activecolor: colour("--accent") },
        margin: { l: 56, r: 16, t: 36, b: 44 },
        separators: ".,",
        xaxis: axis,
        yaxis: axis,
      },
      data: {
        scatter: [{ marker: { color: colour("--card"), line: { color: colour("--ink") } } }],
        sankey: [{ textfont: { color: colour("--ink") } }],
      },
    };
  }

  function draw() {
    const template = theme();
    for (const { name, traces, layout } of figures) {
      Plotly.react(name, traces, { ...layout, template }, config);
    }
  }

  draw();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();

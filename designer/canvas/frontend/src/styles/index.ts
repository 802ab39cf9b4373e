/** All styles as one text: the canvas lives in a shadow root, which no sheet from outside reaches. */
import flow from "@xyflow/react/dist/style.css?inline";
import plot from "uplot/dist/uPlot.min.css?inline";

import base from "./base.css?inline";
import design from "./design.css?inline";
import tables from "./tables.css?inline";
import tokens from "./tokens.css?inline";

export const sheet = [flow, plot, tokens, base, design, tables].join("\n");

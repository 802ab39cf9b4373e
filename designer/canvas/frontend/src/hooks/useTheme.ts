/** Light or dark, read off the background that Streamlit's theme gives; marked on the outermost element for the style sheet. */
import { type RefObject, useEffect } from "react";

export function useTheme(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const outer = box.current?.closest<HTMLElement>(".designer");
    if (!outer) return undefined;
    const mark = () => {
      const theme = isDark(getComputedStyle(outer).backgroundColor) ? "dark" : "light";
      if (outer.dataset.theme !== theme) outer.dataset.theme = theme;
    };
    mark();
    const timer = setInterval(mark, 1000); // a change of theme is told to nobody
    return () => clearInterval(timer);
  });
}

export function isDark(color: string): boolean {
  const [r = 255, g = 255, b = 255] = (color.match(/[\d.]+/g) ?? []).map(Number);
  const scale = color.startsWith("color(") ? 255 : 1;
  return (0.299 * r + 0.587 * g + 0.114 * b) * scale < 128;
}

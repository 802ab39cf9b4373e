/** A series as a line the size of a word. */
import { memo } from "react";

const WIDTH = 48;
const HEIGHT = 16;

export const Spark = memo(function Spark({ values }: { values: (number | null)[] }) {
  const known = values.filter((one): one is number => one !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const points = values
    .map((one, i) => (one === null ? null : `${((i / Math.max(1, values.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - ((one - low) / span) * (HEIGHT - 4)).toFixed(1)}`))
    .filter(Boolean);
  const end = points.at(-1)?.split(",");
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="var(--accent)" strokeWidth="1.4" strokeLinejoin="round" />
      {end && <circle cx={end[0]} cy={end[1]} r="1.8" fill="var(--accent)" />}
    </svg>
  );
});

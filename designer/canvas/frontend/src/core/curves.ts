/** What the accuracy table draws: ROC, precision-recall, lift and gains. Cells are (TP, FP, TN, FN), one-vs-rest. Pure. */
export type Cell = [number, number, number, number];
export type Point = [number, number];

export interface AccuracyTable {
  class_labels: string[];
  probability_tables: Cell[][];
  percentile_tables: Cell[][];
  probability_thresholds: number[];
  percentile_thresholds: number[];
}

const ratio = (a: number, b: number): number => (b > 0 ? a / b : 0);

/** False positive rate → true positive rate, from (0,0) to (1,1). */
export function roc(cells: Cell[]): Point[] {
  const points = cells.map(([tp, fp, tn, fn]): Point => [ratio(fp, fp + tn), ratio(tp, tp + fn)]);
  return [[0, 0] as Point, ...sorted(points), [1, 1] as Point];
}

/** Recall → precision. */
export function precisionRecall(cells: Cell[]): Point[] {
  return sorted(cells.filter(([tp, fp]) => tp + fp > 0).map(([tp, fp, , fn]): Point => [ratio(tp, tp + fn), ratio(tp, tp + fp)]));
}

/** Share of all rows taken → how many times better than chance. */
export function lift(cells: Cell[]): Point[] {
  return sorted(
    cells
      .filter(([tp, fp]) => tp + fp > 0)
      .map(([tp, fp, tn, fn]): Point => {
        const all = tp + fp + tn + fn;
        return [ratio(tp + fp, all), ratio(ratio(tp, tp + fp), ratio(tp + fn, all))];
      }),
  );
}

/** Share of all rows taken → share of the positives found. */
export function gains(cells: Cell[]): Point[] {
  const points = cells.map(([tp, fp, tn, fn]): Point => [ratio(tp + fp, tp + fp + tn + fn), ratio(tp, tp + fn)]);
  return [[0, 0] as Point, ...sorted(points), [1, 1] as Point];
}

export function areaUnder(points: Point[]): number {
  let area = 0;
  for (let i = 1; i < points.length; i++) area += ((points[i]![0] - points[i - 1]![0]) * (points[i]![1] + points[i - 1]![1])) / 2;
  return area;
}

const sorted = (points: Point[]): Point[] => [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);

/** Exponential smoothing with the start's bias taken out; gaps stay gaps. */
export function smooth(values: (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return values;
  let last = 0;
  let count = 0;
  return values.map((one) => {
    if (one === null) return null;
    last = last * weight + (1 - weight) * one;
    count += 1;
    return last / (1 - weight ** count);
  });
}

/** Round numbers for an axis. */
export function ticks(low: number, high: number, wanted = 5): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= raw)!;
  const found: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step) found.push(Number(at.toPrecision(12)));
  return found;
}

/** Whether the points go one way only: a line through others would go to and fro. */
export function goesOneWay(points: readonly Point[]): boolean {
  const steps = points.slice(1).map((point, i) => point[0] - points[i]![0]);
  return steps.every((step) => step >= 0) || steps.every((step) => step <= 0);
}

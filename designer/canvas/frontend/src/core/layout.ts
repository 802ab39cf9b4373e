/**
 * Where nodes go: a layered layout from left to right, fast enough (1,000 nodes in well under a second) to need no worker.
 * Layers by longest path; order within a layer by barycentre sweeps, keeping the order with the fewest crossings; heights
 * by least squares towards each node's neighbours, which isotonic regression solves exactly for a given order.
 */
export interface Box {
  id: string;
  width: number;
  height: number;
}
export interface Link {
  from: string;
  to: string;
}
export type Places = Record<string, [number, number]>;

const GAP_X = 52;
const GAP_Y = 32;
const SWEEPS = 10;

/** Places for all boxes; the top left one is at (0, 0). */
export function layout(boxes: Box[], links: Link[]): Places {
  const places: Places = {};
  let top = 0;
  for (const part of components(boxes, links)) {
    const placed = layoutOne(part.boxes, part.links);
    let bottom = 0;
    for (const box of part.boxes) {
      const [x, y] = placed[box.id]!;
      places[box.id] = [x, y + top];
      bottom = Math.max(bottom, y + box.height);
    }
    top += bottom + GAP_Y * 2;
  }
  return places;
}

interface Part {
  boxes: Box[];
  links: Link[];
}

function components(boxes: Box[], links: Link[]): Part[] {
  const root = new Map(boxes.map((box) => [box.id, box.id]));
  const find = (id: string): string => {
    let at = id;
    while (root.get(at) !== at) {
      root.set(at, root.get(root.get(at)!)!);
      at = root.get(at)!;
    }
    return at;
  };
  const known = links.filter((link) => root.has(link.from) && root.has(link.to) && link.from !== link.to);
  for (const { from, to } of known) root.set(find(from), find(to));
  const parts = new Map<string, Part>();
  for (const box of boxes) {
    const key = find(box.id);
    if (!parts.has(key)) parts.set(key, { boxes: [], links: [] });
    parts.get(key)!.boxes.push(box);
  }
  for (const link of known) parts.get(find(link.from))!.links.push(link);
  return [...parts.values()].sort((a, b) => b.boxes.length - a.boxes.length);
}

interface Item {
  id: string;
  width: number;
  height: number;
  layer: number;
  order: number;
  y: number;
  ins: Item[];
  outs: Item[];
}

function layoutOne(boxes: Box[], links: Link[]): Places {
  const items = new Map<string, Item>();
  for (const box of boxes) items.set(box.id, { ...box, layer: 0, order: 0, y: 0, ins: [], outs: [] });
  const forward = withoutCycles(boxes, links);
  assignLayers(items, forward);
  const layers = chained(items, forward);
  order(layers);
  settle(layers);
  const places: Places = {};
  let x = 0;
  const highest = Math.min(...layers.flatMap((layer) => layer.map((item) => item.y)));
  for (const layer of layers) {
    const width = Math.max(0, ...layer.map((item) => item.width));
    for (const item of layer) {
      if (items.has(item.id)) places[item.id] = [Math.round(x), Math.round(item.y - highest)];
    }
    x += width + GAP_X;
  }
  return places;
}

function withoutCycles(boxes: Box[], links: Link[]): Link[] {
  const next = new Map<string, string[]>(boxes.map((box) => [box.id, []]));
  for (const link of links) next.get(link.from)!.push(link.to);
  const state = new Map<string, "open" | "done">();
  const back = new Set<string>();
  for (const box of boxes) {
    if (state.has(box.id)) continue;
    const stack: [string, number][] = [[box.id, 0]];
    state.set(box.id, "open");
    while (stack.length) {
      const top = stack.at(-1)!;
      const to = next.get(top[0])![top[1]++];
      if (to === undefined) {
        state.set(top[0], "done");
        stack.pop();
      } else if (state.get(to) === "open") back.add(`${top[0]}\n${to}`);
      else if (!state.has(to)) {
        state.set(to, "open");
        stack.push([to, 0]);
      }
    }
  }
  const seen = new Set<string>();
  return links.filter(({ from, to }) => {
    const key = `${from}\n${to}`;
    if (back.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function assignLayers(items: Map<string, Item>, links: Link[]): void {
  const waiting = new Map<string, number>([...items.keys()].map((id) => [id, 0]));
  const next = new Map<string, string[]>([...items.keys()].map((id) => [id, []]));
  for (const { from, to } of links) {
    next.get(from)!.push(to);
    waiting.set(to, waiting.get(to)! + 1);
  }
  const ready = [...items.keys()].filter((id) => waiting.get(id) === 0);
  const sorted: string[] = [];
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    sorted.push(id);
    for (const to of next.get(id)!) {
      items.get(to)!.layer = Math.max(items.get(to)!.layer, items.get(id)!.layer + 1);
      waiting.set(to, waiting.get(to)! - 1);
      if (waiting.get(to) === 0) ready.push(to);
    }
  }
  const fed = new Set(links.map((link) => link.to));
  for (const id of sorted.reverse()) {
    // a source lies just left of what it feeds, not at the far left
    const outs = next.get(id)!;
    if (!fed.has(id) && outs.length) items.get(id)!.layer = Math.min(...outs.map((to) => items.get(to)!.layer)) - 1;
  }
}

/** Layers of items; a long link passes through a thin stand-in in each layer between, so that it gets a lane of its own. */
function chained(items: Map<string, Item>, links: Link[]): Item[][] {
  const all = [...items.values()];
  const layers: Item[][] = Array.from({ length: Math.max(...all.map((item) => item.layer)) + 1 }, () => []);
  for (const item of all) layers[item.layer]!.push(item);
  const lengths = links.reduce((sum, link) => sum + items.get(link.to)!.layer - items.get(link.from)!.layer - 1, 0);
  for (const { from, to } of links) {
    const end = items.get(to)!;
    let at = items.get(from)!;
    for (let layer = at.layer + 1; lengths < 20_000 && layer < end.layer; layer++) {
      const lane: Item = { id: `\n${from}\n${to}\n${layer}`, width: 0, height: 8, layer, order: 0, y: 0, ins: [at], outs: [] };
      at.outs.push(lane);
      layers[layer]!.push(lane);
      at = lane;
    }
    at.outs.push(end);
    end.ins.push(at);
  }
  for (const layer of layers) layer.forEach((item, i) => (item.order = i));
  return layers;
}

function order(layers: Item[][]): void {
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      const weight = new Map(
        layer.map((item) => {
          const near = down ? item.ins : item.outs;
          const mean = near.length ? near.reduce((sum, one) => sum + one.order, 0) / near.length : item.order;
          return [item, mean];
        }),
      );
      layer.sort((a, b) => weight.get(a)! - weight.get(b)! || a.order - b.order);
      layer.forEach((item, i) => (item.order = i));
    }
    const now = crossings(layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map((layer) => [...layer]);
    }
  }
  best.forEach((layer, i) => {
    layers[i] = layer;
    layer.forEach((item, at) => (item.order = at));
  });
}

/** How many links cross, counted with a Fenwick tree. */
export function crossings(layers: { order: number; outs: { order: number }[] }[][]): number {
  let total = 0;
  layers.forEach((layer, i) => {
    const size = layers[i + 1]?.length ?? 0;
    const tree = new Int32Array(size + 1);
    let inserted = 0;
    for (const item of layer) {
      const targets = item.outs.map((out) => out.order).sort((a, b) => a - b);
      for (const target of targets) {
        let before = 0;
        for (let at = target + 1; at > 0; at -= at & -at) before += tree[at]!;
        total += inserted - before;
      }
      for (const target of targets) {
        inserted += 1;
        for (let at = target + 1; at <= size; at += at & -at) tree[at]! += 1;
      }
    }
  });
  return total;
}

function settle(layers: Item[][]): void {
  for (const layer of layers) {
    let y = 0;
    for (const item of layer) {
      item.y = y;
      y += item.height + GAP_Y;
    }
  }
  for (let round = 0; round < 12; round++) {
    const down = round % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      const wanted = layer.map((item) => {
        const near = round > 7 ? [...item.ins, ...item.outs] : down ? item.ins : item.outs;
        const middle = near.length ? near.reduce((sum, one) => sum + one.y + one.height / 2, 0) / near.length : item.y + item.height / 2;
        return middle - item.height / 2;
      });
      spread(layer, wanted);
    }
  }
}

/** As close to the wanted heights as the order and the gaps allow: isotonic regression by pooling adjacent violators. */
function spread(layer: Item[], wanted: number[]): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const item of layer) {
    offsets.push(offset);
    offset += item.height + (item.width ? GAP_Y : GAP_Y / 2);
  }
  const blocks: { sum: number; count: number }[] = [];
  wanted.forEach((want, i) => {
    blocks.push({ sum: want - offsets[i]!, count: 1 });
    while (blocks.length > 1 && mean(blocks.at(-2)!) > mean(blocks.at(-1)!)) {
      const last = blocks.pop()!;
      blocks.at(-1)!.sum += last.sum;
      blocks.at(-1)!.count += last.count;
    }
  });
  let i = 0;
  for (const block of blocks) for (let k = 0; k < block.count; k++, i++) layer[i]!.y = mean(block) + offsets[i]!;
}

const mean = (block: { sum: number; count: number }): number => block.sum / block.count;

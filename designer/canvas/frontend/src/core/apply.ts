/** A pipeline after an edit: the same pure function as designer/model/edits.py, held to it by shared cases. */
import type {
  AddNodes, BindParameter, ChangeNodes, Connect, Describe, Disconnect, Edge, Edit, Fold, Group, Layout, Move, Node,
  Pipeline, PinMetrics, RemoveNodes, RemoveNotes, RenameNode, Replace, ResetParameter, SetNote, SetParameter,
  SetPipelineParameter, Ungroup, Position,
} from "../wire";

type End = [string, string];

export class EditError extends Error {}

export const EMPTY_LAYOUT: Layout = { positions: {}, notes: [], folded: [], pins: {} };

export function emptyPipeline(name: string): Pipeline {
  return { name, description: "", parameters: {}, nodes: [], edges: [], inputs: {}, outputs: {}, files: [], layout: EMPTY_LAYOUT };
}

export function newNode(id: string, fields: Partial<Node> = {}): Node {
  return { id, module: "", pipeline: null, title: "", parameters: {}, bindings: {}, disabled: false, regenerate: false, ...fields };
}

/** The pipeline after the edit. Throws `EditError` when the edit names what isn't there. */
export function apply(pipeline: Pipeline, edit: Edit): Pipeline {
  const [outer, ...inner] = edit.within ?? [];
  if (outer !== undefined) {
    const group = need(pipeline, outer);
    if (!group.pipeline) throw new EditError(`${outer} is not a group`);
    return withNode(pipeline, outer, { pipeline: apply(group.pipeline, { ...edit, within: inner }) });
  }
  return APPLY[edit.op](pipeline, edit as never);
}

export const applyAll = (pipeline: Pipeline, edits: Edit[]): Pipeline => edits.reduce(apply, pipeline);

/** `wanted`, or the first of `wanted_2`, `wanted_3` … that isn't taken. */
export function freshId(wanted: string, taken: Iterable<string>): string {
  const all = new Set(taken);
  if (!all.has(wanted)) return wanted;
  let number = 2;
  while (all.has(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}

export const sameEnd = (a: End, b: End): boolean => a[0] === b[0] && a[1] === b[1];
export const sameEdge = (a: Edge, b: Edge): boolean => sameEnd(a.source, b.source) && sameEnd(a.target, b.target);
export const edgeText = (edge: Edge): string => `${edge.source.join(".")} -> ${edge.target.join(".")}`;

function need(pipeline: Pipeline, id: string): Node {
  const node = pipeline.nodes.find((one) => one.id === id);
  if (!node) throw new EditError(`there is no node ${id}; nodes: ${pipeline.nodes.map((n) => n.id).join(", ") || "none"}`);
  return node;
}

function withNode(pipeline: Pipeline, id: string, fields: Partial<Node>): Pipeline {
  return { ...pipeline, nodes: pipeline.nodes.map((node) => (node.id === id ? { ...node, ...fields } : node)) };
}

function withLayout(pipeline: Pipeline, fields: Partial<Layout>): Pipeline {
  return { ...pipeline, layout: { ...pipeline.layout, ...fields } };
}

function without<T>(mapping: Record<string, T>, keys: Iterable<string>): Record<string, T> {
  const gone = new Set(keys);
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => !gone.has(key)));
}

function addNodes(pipeline: Pipeline, edit: AddNodes): Pipeline {
  const taken = new Set(pipeline.nodes.map((node) => node.id));
  for (const node of edit.nodes) {
    if (taken.has(node.id)) throw new EditError(`there is already a node ${node.id}`);
    taken.add(node.id);
  }
  const placed = withLayout(pipeline, { positions: { ...pipeline.layout.positions, ...edit.positions } });
  return { ...placed, nodes: [...pipeline.nodes, ...edit.nodes], edges: [...pipeline.edges, ...(edit.edges ?? [])] };
}

function removeNodes(pipeline: Pipeline, edit: RemoveNodes): Pipeline {
  const gone = new Set(edit.nodes.map((id) => need(pipeline, id).id));
  const { layout } = pipeline;
  const inputs: Pipeline["inputs"] = {};
  for (const [port, ends] of Object.entries(pipeline.inputs)) {
    const kept = ends.filter((end) => !gone.has(end[0]));
    if (kept.length) inputs[port] = kept;
  }
  return {
    ...withLayout(pipeline, {
      positions: without(layout.positions, gone),
      pins: without(layout.pins, gone),
      folded: layout.folded.filter((id) => !gone.has(id)),
    }),
    nodes: pipeline.nodes.filter((node) => !gone.has(node.id)),
    edges: pipeline.edges.filter((edge) => !gone.has(edge.source[0]) && !gone.has(edge.target[0])),
    inputs,
    outputs: Object.fromEntries(Object.entries(pipeline.outputs).filter(([, end]) => !gone.has(end[0]))),
  };
}

function connect(pipeline: Pipeline, { edge, replace }: Connect): Pipeline {
  if (pipeline.edges.some((one) => sameEdge(one, edge))) throw new EditError(`${edgeText(edge)} is there already`);
  need(pipeline, edge.source[0]);
  need(pipeline, edge.target[0]);
  const kept = pipeline.edges.filter((one) => !(replace && sameEnd(one.target, edge.target)));
  return { ...pipeline, edges: [...kept, edge] };
}

function disconnect(pipeline: Pipeline, { edges }: Disconnect): Pipeline {
  const missing = edges.find((edge) => !pipeline.edges.some((one) => sameEdge(one, edge)));
  if (missing) throw new EditError(`there is no edge ${edgeText(missing)}`);
  return { ...pipeline, edges: pipeline.edges.filter((one) => !edges.some((edge) => sameEdge(one, edge))) };
}

function setParameter(pipeline: Pipeline, edit: SetParameter): Pipeline {
  const node = need(pipeline, edit.node);
  return withNode(pipeline, node.id, {
    parameters: { ...node.parameters, [edit.name]: edit.value },
    bindings: without(node.bindings, [edit.name]),
  });
}

function resetParameter(pipeline: Pipeline, edit: ResetParameter): Pipeline {
  const node = need(pipeline, edit.node);
  return withNode(pipeline, node.id, {
    parameters: without(node.parameters, [edit.name]),
    bindings: without(node.bindings, [edit.name]),
  });
}

function bindParameter(pipeline: Pipeline, edit: BindParameter): Pipeline {
  const node = need(pipeline, edit.node);
  return withNode(pipeline, node.id, {
    parameters: without(node.parameters, [edit.name]),
    bindings: { ...node.bindings, [edit.name]: edit.to },
  });
}

function renameNode(pipeline: Pipeline, { node: wanted, to }: RenameNode): Pipeline {
  const old = need(pipeline, wanted).id;
  if (to !== old && pipeline.nodes.some((node) => node.id === to)) throw new EditError(`there is already a node ${to}`);
  const end = (of: End): End => (of[0] === old ? [to, of[1]] : of);
  const key = <T>(mapping: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(mapping).map(([id, value]) => [id === old ? to : id, value]));
  const { layout } = pipeline;
  const moved = withLayout(pipeline, {
    positions: key(layout.positions),
    pins: key(layout.pins),
    folded: layout.folded.map((id) => (id === old ? to : id)),
  });
  return {
    ...withNode(moved, old, { id: to }),
    edges: pipeline.edges.map((edge) => ({ source: end(edge.source), target: end(edge.target) })),
    inputs: Object.fromEntries(Object.entries(pipeline.inputs).map(([port, ends]) => [port, ends.map(end)])),
    outputs: Object.fromEntries(Object.entries(pipeline.outputs).map(([port, one]) => [port, end(one)])),
  };
}

function changeNodes(pipeline: Pipeline, edit: ChangeNodes): Pipeline {
  const changes: Partial<Node> = {};
  if (edit.title != null) changes.title = edit.title;
  if (edit.disabled != null) changes.disabled = edit.disabled;
  if (edit.regenerate != null) changes.regenerate = edit.regenerate;
  return edit.nodes.reduce((now, id) => withNode(now, need(now, id).id, changes), pipeline);
}

function move(pipeline: Pipeline, edit: Move): Pipeline {
  const notes = new Map(pipeline.layout.notes.map((note) => [note.id, note]));
  const ids = new Set(pipeline.nodes.map((node) => node.id));
  const positions: Record<string, Position> = { ...pipeline.layout.positions };
  for (const [id, place] of Object.entries(edit.positions)) {
    const note = notes.get(id);
    if (note) notes.set(id, { ...note, x: place[0], y: place[1] });
    else positions[ids.has(id) ? id : need(pipeline, id).id] = place;
  }
  return withLayout(pipeline, { positions, notes: [...notes.values()] });
}

function setNote(pipeline: Pipeline, { note }: SetNote): Pipeline {
  const notes = new Map(pipeline.layout.notes.map((one) => [one.id, one]));
  return withLayout(pipeline, { notes: [...notes.set(note.id, note).values()] });
}

function removeNotes(pipeline: Pipeline, edit: RemoveNotes): Pipeline {
  const known = new Set(pipeline.layout.notes.map((note) => note.id));
  for (const id of edit.notes) if (!known.has(id)) throw new EditError(`there is no note ${id}`);
  return withLayout(pipeline, { notes: pipeline.layout.notes.filter((note) => !edit.notes.includes(note.id)) });
}

function fold(pipeline: Pipeline, edit: Fold): Pipeline {
  if (!need(pipeline, edit.node).pipeline) throw new EditError(`${edit.node} is not a group`);
  const others = pipeline.layout.folded.filter((id) => id !== edit.node);
  return withLayout(pipeline, { folded: edit.folded ? [...others, edit.node] : others });
}

function pinMetrics(pipeline: Pipeline, edit: PinMetrics): Pipeline {
  const pins = without(pipeline.layout.pins, [need(pipeline, edit.node).id]);
  if (edit.metrics !== null) pins[edit.node] = edit.metrics;
  return withLayout(pipeline, { pins });
}

function setPipelineParameter(pipeline: Pipeline, edit: SetPipelineParameter): Pipeline {
  if (edit.parameter !== null) {
    return { ...pipeline, parameters: { ...pipeline.parameters, [edit.name]: edit.parameter } };
  }
  if (!(edit.name in pipeline.parameters)) throw new EditError(`there is no pipeline parameter ${edit.name}`);
  const nodes = pipeline.nodes.map((node) => ({
    ...node,
    bindings: Object.fromEntries(Object.entries(node.bindings).filter(([, to]) => to !== edit.name)),
  }));
  return { ...pipeline, parameters: without(pipeline.parameters, [edit.name]), nodes };
}

function describe(pipeline: Pipeline, edit: Describe): Pipeline {
  return { ...pipeline, name: edit.name ?? pipeline.name, description: edit.description ?? pipeline.description };
}

function group(pipeline: Pipeline, edit: Group): Pipeline {
  const chosen = new Set(edit.nodes.map((id) => need(pipeline, id).id));
  if (pipeline.nodes.some((node) => node.id === edit.id) && !chosen.has(edit.id)) {
    throw new EditError(`there is already a node ${edit.id}`);
  }
  const inputs: Pipeline["inputs"] = {};
  const outputs: Pipeline["outputs"] = {};
  const inputOf = new Map<string, string>();
  const outputOf = new Map<string, string>();
  const inner: Edge[] = [];
  const outer: Edge[] = [];
  for (const edge of pipeline.edges) {
    const into = chosen.has(edge.target[0]);
    const outOf = chosen.has(edge.source[0]);
    const source = JSON.stringify(edge.source);
    if (into && outOf) inner.push(edge);
    else if (into) {
      if (!inputOf.has(source)) {
        inputOf.set(source, freshId(edge.target[1], Object.keys(inputs)));
        outer.push({ source: edge.source, target: [edit.id, inputOf.get(source)!] });
      }
      const port = inputOf.get(source)!;
      inputs[port] = [...(inputs[port] ?? []), edge.target];
    } else if (outOf) {
      if (!outputOf.has(source)) {
        outputOf.set(source, freshId(edge.source[1], Object.keys(outputs)));
        outputs[outputOf.get(source)!] = edge.source;
      }
      outer.push({ source: [edit.id, outputOf.get(source)!], target: edge.target });
    } else outer.push(edge);
  }
  const { layout } = pipeline;
  const members = pipeline.nodes.filter((node) => chosen.has(node.id));
  const names = members.flatMap((node) => Object.values(node.bindings)).filter((name) => name in pipeline.parameters);
  const bound = [...new Set(names)].sort();
  const pick = <T>(mapping: Record<string, T>) => Object.fromEntries(Object.entries(mapping).filter(([id]) => chosen.has(id)));
  const within: Pipeline = {
    ...emptyPipeline(edit.id),
    nodes: members,
    edges: inner,
    parameters: Object.fromEntries(bound.map((name) => [name, pipeline.parameters[name]!])),
    inputs,
    outputs,
    layout: {
      ...EMPTY_LAYOUT,
      positions: pick(layout.positions),
      pins: pick(layout.pins),
      folded: layout.folded.filter((id) => chosen.has(id)),
    },
  };
  const made = newNode(edit.id, {
    title: edit.title ?? "",
    pipeline: within,
    bindings: Object.fromEntries(bound.map((name) => [name, name])),
  });
  const places = Object.values(pick(layout.positions));
  const corner: Record<string, Position> = places.length
    ? { [edit.id]: [Math.min(...places.map((p) => p[0])), Math.min(...places.map((p) => p[1]))] }
    : {};
  const rest = withLayout(pipeline, {
    positions: { ...without(layout.positions, chosen), ...corner },
    pins: without(layout.pins, chosen),
    folded: layout.folded.filter((id) => !chosen.has(id)),
  });
  const first = Math.max(0, pipeline.nodes.findIndex((node) => chosen.has(node.id)));
  const others = pipeline.nodes.filter((node) => !chosen.has(node.id));
  others.splice(pipeline.nodes.slice(0, first).filter((node) => !chosen.has(node.id)).length, 0, made);
  return { ...rest, nodes: others, edges: outer };
}

function ungroup(pipeline: Pipeline, edit: Ungroup): Pipeline {
  const outerGroup = need(pipeline, edit.node);
  if (!outerGroup.pipeline) throw new EditError(`${edit.node} is not a group`);
  let within = outerGroup.pipeline;
  const taken = new Set(pipeline.nodes.map((node) => node.id));
  taken.delete(outerGroup.id);
  for (const node of within.nodes) {
    const id = freshId(node.id, taken);
    taken.add(id);
    if (id !== node.id) within = renameNode(within, { op: "rename_node", node: node.id, to: id });
  }
  const edges: Edge[] = [];
  for (const edge of pipeline.edges) {
    let sources: End[] = [edge.source];
    let targets: End[] = [edge.target];
    if (edge.source[0] === outerGroup.id) {
      const end = within.outputs[edge.source[1]];
      sources = end ? [end] : [];
    }
    if (edge.target[0] === outerGroup.id) targets = within.inputs[edge.target[1]] ?? [];
    for (const source of sources) for (const target of targets) edges.push({ source, target });
  }
  const released = (node: Node): Node => {
    const parameters = { ...node.parameters };
    const bindings: Record<string, string> = {};
    for (const [name, to] of Object.entries(node.bindings)) {
      const own = within.parameters[to];
      if (to in outerGroup.bindings) bindings[name] = outerGroup.bindings[to]!;
      else if (to in outerGroup.parameters) parameters[name] = outerGroup.parameters[to];
      else if (own && !own.required) parameters[name] = own.default;
      else bindings[name] = to;
    }
    return { ...node, parameters, bindings };
  };
  const at = pipeline.nodes.findIndex((node) => node.id === outerGroup.id);
  const { layout } = pipeline;
  const inner = within.layout;
  return {
    ...withLayout(pipeline, {
      positions: { ...without(layout.positions, [outerGroup.id]), ...inner.positions },
      pins: { ...without(layout.pins, [outerGroup.id]), ...inner.pins },
      folded: [...layout.folded.filter((id) => id !== outerGroup.id), ...inner.folded],
      notes: [...layout.notes, ...inner.notes],
    }),
    nodes: [...pipeline.nodes.slice(0, at), ...within.nodes.map(released), ...pipeline.nodes.slice(at + 1)],
    edges: [...edges, ...within.edges],
  };
}

const replace = (_: Pipeline, edit: Replace): Pipeline => edit.pipeline;

const APPLY: { [Op in Edit["op"]]: (pipeline: Pipeline, edit: Extract<Edit, { op: Op }>) => Pipeline } = {
  add_nodes: addNodes,
  remove_nodes: removeNodes,
  connect,
  disconnect,
  set_parameter: setParameter,
  reset_parameter: resetParameter,
  bind_parameter: bindParameter,
  rename_node: renameNode,
  change_nodes: changeNodes,
  move,
  set_note: setNote,
  remove_notes: removeNotes,
  fold,
  pin_metrics: pinMetrics,
  set_pipeline_parameter: setPipelineParameter,
  describe,
  group,
  ungroup,
  replace,
};

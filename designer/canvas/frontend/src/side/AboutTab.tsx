/** Where a node and its run come from: module, ports, times, environment. */
import { useEffect, useState } from "react";

import { bytes, moment, seconds, value } from "../core/format";
import { typeColor } from "../core/colors";
import type { Face } from "../core/scene";
import { useAnswer } from "../hooks/useAnswer";
import { useHost, useHostState } from "../hooks/useHost";
import { Link } from "../parts/Link";
import { StatusMark } from "../parts/Status";
import type { EnvironmentAnswer, NodeDetail } from "../wire";

export function AboutTab({ detail, face }: { detail: NodeDetail | null; face?: Face }) {
  return (
    <>
      {face && <NodeFacts face={face} />}
      {detail && <RunFacts detail={detail} />}
      {detail && <Environment runId={detail.root} />}
      {!detail && !face && <p className="muted">Nothing has run yet.</p>}
    </>
  );
}

function NodeFacts({ face }: { face: Face }) {
  const host = useHost();
  const readOnly = useHostState((state) => state.page?.document?.read_only ?? true);
  const [id, setId] = useState(face.node.id);
  useEffect(() => setId(face.node.id), [face.node.id]);
  const rename = () => {
    if (id === face.node.id) return;
    if (!/^[^\s./]+$/.test(id)) host.say("An id has no spaces, dots or slashes.");
    else if (host.edit({ op: "rename_node", within: face.within, node: face.node.id, to: id }) === null) return host.ui.set({ selected: [[...face.within, id].join("/")] });
    return setId(face.node.id);
  };
  const ports = [...face.inputs.map((port) => ({ port, side: "in" })), ...face.outputs.map((port) => ({ port, side: "out" }))];
  return (
    <div className="section">
      <h3>Node</h3>
      <div className="field">
        <label className="label" htmlFor="node-id">Id</label>
        <input id="node-id" className="input mono" value={id} disabled={readOnly} onChange={(event) => setId(event.target.value)} onBlur={rename}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") rename();
          }} />
      </div>
      {face.spec && (
        <dl className="facts">
          <dt>Module</dt><dd><Link page="modules" query={{ module: face.spec.id }}>{face.spec.id}</Link></dd>
          <dt>Version</dt><dd>{face.spec.version}</dd>
          {face.spec.source && <><dt>Source</dt><dd className="mono">{face.spec.source}</dd></>}
          {face.spec.package && <><dt>Package</dt><dd>{face.spec.package}</dd></>}
        </dl>
      )}
      <dl className="facts">
        {ports.map(({ port, side }) => [
          <dt key={`${side} ${port.name}`}>{side === "in" ? "←" : "→"} {port.name}{port.optional ? " (optional)" : ""}</dt>,
          <dd key={`${side} ${port.name} type`}><span className="type" style={{ "--type": `var(--type${typeColor(port.type)})` } as React.CSSProperties}>{port.type.name}</span>{port.description && <div className="muted">{port.description}</div>}</dd>,
        ])}
      </dl>
    </div>
  );
}

function RunFacts({ detail }: { detail: NodeDetail }) {
  const sections: [string, Record<string, unknown>][] = [["Parameters", detail.parameters], ["Tags", detail.tags], ["Properties", detail.properties]];
  return (
    <div className="section">
      <h3>Run</h3>
      <dl className="facts">
        <dt>Status</dt><dd><StatusMark status={detail.status} reused={Boolean(detail.reused_from)} /></dd>
        <dt>Id</dt><dd className="mono">{detail.run_id}</dd>
        {detail.root !== detail.run_id && <><dt>Part of</dt><dd><Link page="run" query={{ run: detail.root }}>{detail.root}</Link></dd></>}
        {detail.reused_from && <><dt>Reused from</dt><dd><Link page="run" query={{ run: detail.reused_from }}>{detail.reused_from}</Link></dd></>}
        <dt>Experiment</dt><dd>{detail.experiment}</dd>
        {detail.started !== null && <><dt>Started</dt><dd>{moment(detail.started)}</dd></>}
        {detail.started !== null && detail.ended !== null && <><dt>Took</dt><dd>{seconds(detail.ended - detail.started)}</dd></>}
        {detail.warnings > 0 && <><dt>Warnings</dt><dd>{detail.warnings}</dd></>}
      </dl>
      {sections.map(([title, facts]) => Object.keys(facts).length > 0 && (
        <div className="section" key={title}>
          <h3>{title}</h3>
          <dl className="facts">{Object.entries(facts).map(([key, fact]) => [<dt key={key}>{key}</dt>, <dd key={`${key} value`} className="wrap">{told(key, fact)}</dd>])}</dl>
        </div>
      ))}
    </div>
  );
}

/** A fact with its unit, where the engine that wrote it has one. */
function told(key: string, fact: unknown): string {
  const number = Number(fact);
  if (key === "designer.peak_memory" && number > 0) return bytes(number);
  if (key === "designer.cpu_seconds" && number >= 0) return seconds(number);
  return value(fact);
}

function Environment({ runId }: { runId: string }) {
  const [open, setOpen] = useState(false);
  const { data, error } = useAnswer<EnvironmentAnswer>(open ? { of: "environment", run_id: runId } : null);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><h3 style={{ display: "inline" }}>Environment</h3></summary>
      {error && <p className="wrong">{error}</p>}
      {data && !Object.keys({ ...data.facts, ...data.packages }).length && <p className="muted small">This run kept nothing of its environment.</p>}
      {data && (
        <dl className="facts" style={{ marginTop: 8 }}>
          {[...Object.entries(data.facts), ...Object.entries(data.packages)].map(([key, fact]) => [<dt key={key}>{key}</dt>, <dd key={`${key} value`} className="wrap">{told(key, fact)}</dd>])}
        </dl>
      )}
    </details>
  );
}

/** The catalogue: every module with its ports, parameters, docs, and where it is used. */
import { useEffect, useMemo, useState } from "react";

import { typeColor } from "../core/colors";
import { value } from "../core/format";
import { fields, limits } from "../core/schema";
import { byCategory, search } from "../core/search";
import { useHostState } from "../hooks/useHost";
import { Empty, NoticeBox } from "../parts/basics";
import { Link } from "../parts/Link";
import type { ModuleSpec, Port } from "../wire";
import { Notices } from "./Design";

export function Modules() {
  const specs = useHostState((state) => state.specs);
  const wanted = useHostState((state) => state.page?.query.module ?? null);
  const used = useHostState((state) => state.page?.uses ?? {});
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<string | null>(wanted);
  useEffect(() => setChosen(wanted), [wanted]);
  const found = useMemo(() => search(Object.values(specs), query), [specs, query]);
  const spec = specs[chosen ?? ""] ?? found[0];
  return (
    <div className="faceplate">
      <div className="head">
        <h1>Modules</h1>
        <input className="input" type="search" placeholder="Find a module" aria-label="Find a module" value={query} onChange={(event) => setQuery(event.target.value)} />
        <span className="muted small">{found.length} of {Object.keys(specs).length}</span>
      </div>
      <div className="catalogue">
        <nav aria-label="Modules">
          {byCategory(found).map(([category, list]) => (
            <div key={category}>
              <h3>{category}</h3>
              {list.map((one) => <button type="button" key={one.id} aria-current={one.id === spec?.id} onClick={() => setChosen(one.id)} style={one.error ? { color: "var(--fail)" } : undefined}>{one.title}</button>)}
            </div>
          ))}
          {!found.length && <p className="muted small" style={{ padding: 8 }}>No module has these words.</p>}
        </nav>
        {spec ? <Module key={spec.id} spec={spec} used={used[spec.id] ?? []} /> : <Empty title="No modules"><p>Write one with <span className="mono">@module</span>.</p></Empty>}
      </div>
      <Notices />
    </div>
  );
}

const KINDS: Record<string, string> = { boolean: "yes or no", picker: "columns, by rules", columns: "columns", list: "a list", json: "data" };

function Module({ spec, used }: { spec: ModuleSpec; used: readonly string[] }) {
  const parameters = fields(spec.parameters);
  return (
    <article aria-label={spec.title}>
      <section>
        <div className="row"><h1>{spec.title}</h1><span className="chip">{spec.category}</span></div>
        <p className="muted"><span className="mono">{spec.id}</span>  ·  version {spec.version}{spec.package && `  ·  ${spec.package}`}{spec.source && `  ·  ${spec.source}`}</p>
        {spec.error && <NoticeBox level="error" title="It can't be used" text={spec.error} hint={spec.source ? `put ${spec.source} right` : undefined} />}
        {spec.description && <p className="wrap" style={{ marginTop: 8 }}>{spec.description}</p>}
      </section>
      {spec.inputs.length > 0 && <section><h3>Inputs</h3><Ports ports={spec.inputs} /></section>}
      {spec.outputs.length > 0 && <section><h3>Outputs</h3><Ports ports={spec.outputs} /></section>}
      {parameters.length > 0 && (
        <section>
          <h3>Parameters</h3>
          <div className="table-scroll">
            <table>
              <thead><tr><th scope="col">Name</th><th scope="col">Default</th><th scope="col">Values</th><th scope="col">Meaning</th></tr></thead>
              <tbody>
                {parameters.map((field) => (
                  <tr key={field.name}>
                    <td className="mono">{field.name}{field.required && " *"}</td>
                    <td className="wrap" style={{ maxWidth: 220 }}>{field.required ? <span className="muted">required</span> : value(field.default)}</td>
                    <td>{field.control.kind === "choice" ? field.control.choices.map(value).join(", ") : [field.control.kind === "number" ? (field.control.integer ? "whole number" : "number") : KINDS[field.control.kind] ?? field.control.kind, limits(field.control)].filter(Boolean).join(", ")}</td>
                    <td className="wrap" style={{ whiteSpace: "normal", minWidth: 180 }}>{field.description}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {spec.metrics.length > 0 && (
        <section>
          <h3>Metrics</h3>
          <dl className="facts">{spec.metrics.map((metric) => [<dt key={metric.name}>{metric.name}</dt>, <dd key={`${metric.name} text`}>{[metric.goal, metric.unit, metric.description].filter(Boolean).join("  ·  ") || "–"}</dd>])}</dl>
        </section>
      )}
      <section>
        <h3>Used in</h3>
        {used.length ? <ul>{used.map((path) => <li key={path}><Link page="design" query={{ pipeline: path }}>{path}</Link></li>)}</ul> : <p className="muted">No pipeline of this project uses it.</p>}
      </section>
    </article>
  );
}

function Ports({ ports }: { ports: readonly Port[] }) {
  return (
    <dl className="facts">
      {ports.map((port) => [
        <dt key={port.name} className="mono">{port.name}</dt>,
        <dd key={`${port.name} type`}>
          <span className="type" style={{ "--type": `var(--type${typeColor(port.type)})` } as React.CSSProperties}>{port.type.name}</span>
          {port.optional && <span className="muted">  optional</span>}
          {port.many && <span className="muted">  any number of edges</span>}
          {port.description && <div className="muted">{port.description}</div>}
        </dd>,
      ])}
    </dl>
  );
}

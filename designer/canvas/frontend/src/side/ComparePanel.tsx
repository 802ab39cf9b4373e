/** What two runs differ in, of the chosen node, or of all when none is chosen. */
import { changeOf } from "../core/difference";
import type { Scene } from "../core/scene";
import { lineColor, SeriesChart } from "../charts/SeriesChart";
import { useHost, useUi } from "../hooks/useHost";
import { ChangeMark } from "../parts/ChangeMark";
import { CodeDiff } from "../parts/CodeDiff";
import { IconButton } from "../parts/basics";
import { Link } from "../parts/Link";
import { StatusMark } from "../parts/Status";
import { Timings } from "../charts/Timings";
import { runLabel } from "../faces/Pair";
import type { CauseView, DifferenceAnswer, NodeDifference } from "../wire";
import { DeltaTable } from "./DeltaTable";
import { Grip } from "./SidePanel";

const CHARTS = 6;
/** The kinds of causes in the words of the page. */
const KINDS: Record<string, string> = {
  parameter_changed: "parameter", code_changed: "code", package_changed: "package", input_changed: "input", environment: "environment",
  volatile: "chance", only_in_a: "only in A", only_in_b: "only in B",
};

export function ComparePanel({ scene, answer }: { scene: Scene; answer: DifferenceAnswer }) {
  const host = useHost();
  const path = useUi((ui) => (ui.selected.length === 1 ? ui.selected[0]! : null));
  const wide = useUi((ui) => ui.wide);
  const width = useUi((ui) => ui.width);
  const face = path ? scene.byPath.get(path) : undefined;
  return (
    <aside className={`side ${wide ? "wide" : ""}`} style={wide ? undefined : { width }} aria-label={face ? face.title : "Both runs"}>
      <Grip />
      <header>
        <h2 className="grow cut" style={{ lineHeight: "26px" }}>{face ? face.title : "Both runs"}</h2>
        <IconButton icon="widen" label={wide ? "Make the panel narrow" : "Make the panel wide"} pressed={wide} onClick={() => host.ui.set({ wide: !wide })} />
        <IconButton icon="close" label="Close the panel" onClick={() => host.ui.set({ side: false })} />
      </header>
      <div className="side-body" tabIndex={0} key={path}>
        {face && !face.node.pipeline && <NodePart path={face.path} node={answer.nodes[face.path]} />}
        {face?.node.pipeline && <p className="muted">A group; choose a node in it.</p>}
        {!face && <Overview answer={answer} />}
      </div>
    </aside>
  );
}

function NodePart({ path, node }: { path: string; node: NodeDifference | undefined }) {
  if (!node) return <p className="muted">{path} ran in neither of them.</p>;
  const lines = node.metrics.filter((metric) => metric.series).slice(0, CHARTS);
  return (
    <>
      <div className="row" style={{ gap: 10, flexWrap: "wrap" }}><ChangeMark change={changeOf(node)} /><span className="muted">{node.module}</span></div>
      <dl className="facts">
        {([["A", node.a], ["B", node.b]] as const).map(([side, one], i) => [
          <dt key={side} className="row"><span className="swatch" style={{ background: lineColor(i) }} />{side}</dt>,
          <dd key={`${side} run`}>{one ? <span className="row"><StatusMark status={one.status} /><Link page="run" query={{ run: one.run_id }}>{one.node === path ? one.run_id.slice(0, 8) : one.node}</Link></span> : "hasn't got it"}</dd>,
        ])}
      </dl>
      <Causes node={node} />
      {node.metrics.length > 0 && <section className="section"><h3>Metrics</h3><DeltaTable metrics={node.metrics} /></section>}
      {node.a && node.b && lines.map((metric) => (
        <section className="section" key={metric.name}>
          <h3>{metric.name}</h3>
          <SeriesChart height={180} lines={[{ run_id: node.a!.run_id, name: metric.name, label: "A" }, { run_id: node.b!.run_id, name: metric.name, label: "B" }]} />
        </section>
      ))}
      <section className="section"><h3>Time</h3><Timings rows={[{ name: path, a: node.a?.seconds ?? null, b: node.b?.seconds ?? null }]} /></section>
    </>
  );
}

function Causes({ node }: { node: NodeDifference }) {
  if (!node.a || !node.b) return null;
  if (!node.causes.length) return <p className="muted">{node.differs ? "Nothing differs in the node itself: what comes before it does." : "Nothing differs but perhaps its time."}</p>;
  return (
    <section className="section">
      <h3>Why</h3>
      {node.causes.map((cause) => <Cause key={`${cause.kind} ${cause.text}`} cause={cause} />)}
    </section>
  );
}

function Cause({ cause }: { cause: CauseView }) {
  return (
    <div className="cause-box" data-kind={cause.kind}>
      <div><span className="chip">{KINDS[cause.kind] ?? cause.kind}</span> {cause.text}</div>
      {cause.diff && <CodeDiff text={cause.diff} />}
    </div>
  );
}

function Overview({ answer }: { answer: DifferenceAnswer }) {
  const host = useHost();
  const causes = Object.entries(answer.nodes).filter(([, node]) => ["changed", "only_a", "only_b"].includes(changeOf(node)));
  const ran = Object.entries(answer.nodes).map(([name, node]) => ({ name, a: node.a?.seconds ?? null, b: node.b?.seconds ?? null }));
  return (
    <>
      <dl className="facts">
        {[answer.a, answer.b].map((run, i) => [
          <dt key={run.run_id} className="row"><span className="swatch" style={{ background: lineColor(i) }} />{"AB"[i]}</dt>,
          <dd key={`${run.run_id} run`}><span className="row"><StatusMark status={run.status} /><Link page="run" query={{ run: run.run_id }}>{runLabel(run)}</Link></span></dd>,
        ])}
      </dl>
      <section className="section">
        <h3>Why</h3>
        {!causes.length && <p className="muted">No node differs of itself.</p>}
        <div>
          {causes.map(([path, node]) => (
            <button type="button" className="node-line" key={path} onClick={() => host.ui.set({ selected: [path] })}>
              <span className="grow">
                <span className="row"><span className="grow cut" style={{ fontWeight: 600 }}>{path}</span><ChangeMark change={changeOf(node)} /></span>
                {node.a && node.b && node.causes.map((cause) => <span className="small muted wrap" style={{ display: "block" }} key={cause.text}>{cause.text}</span>)}
              </span>
            </button>
          ))}
        </div>
      </section>
      {answer.environment.length > 0 && (
        <section className="section"><h3>Around them</h3><ul className="plain small">{answer.environment.map((text) => <li key={text}>{text}</li>)}</ul></section>
      )}
      {answer.metrics.length > 0 && <section className="section"><h3>Metrics of the runs themselves</h3><DeltaTable metrics={answer.metrics} /></section>}
      <section className="section"><h3>Time</h3><Timings rows={[{ name: "the whole run", a: answer.a.seconds, b: answer.b.seconds }, ...ran]} /></section>
    </>
  );
}

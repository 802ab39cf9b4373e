/** A node's problems and parameters. */
import { useAnswer } from "../hooks/useAnswer";
import { useHost, useHostState } from "../hooks/useHost";
import { useProblems } from "../hooks/useScene";
import { fixes } from "../core/fixes";
import type { Face, Scene } from "../core/scene";
import { ParameterForm } from "../parts/ParameterForm";
import type { ColumnsAnswer, ErrorView, NodeDetail, Problem } from "../wire";

export function SetupTab({ face, readOnly, detail, scene }: { face: Face; readOnly: boolean; detail: NodeDetail | null; scene: Scene }) {
  const host = useHost();
  const problems = useProblems()(face.path);
  const runId = useHostState((state) => state.run?.run_id ?? null);
  const pipeline = useHostState((state) => state.pipeline);
  const schema = face.node.pipeline ? groupSchema(face) : (face.spec?.parameters ?? {});
  const picksColumns = JSON.stringify(schema).includes('"column');
  const { data: columns } = useAnswer<ColumnsAnswer>(runId && picksColumns ? { of: "columns", run_id: runId, node: face.path } : null);
  const byParameter: Record<string, string[]> = {};
  for (const problem of problems) if (problem.parameter && problem.code !== "unknown_parameter") byParameter[problem.parameter] = [...(byParameter[problem.parameter] ?? []), problem.message.split("\n")[0]!];
  const within = face.within;
  return (
    <>
      {detail?.error && <ErrorBox error={detail.error} onLog={() => host.ui.set({ tab: "log" })} />}
      {face.spec?.error && <ErrorBox error={{ code: "broken_module", type: "", message: face.spec.error, where: face.spec.source, traceback: "" }} />}
      {problems.filter((problem) => !shownAtField(problem, schema)).map((problem, i) => <ProblemBox key={i} problem={problem} scene={scene} readOnly={readOnly} />)}
      {face.spec?.description && <p className="muted wrap">{face.spec.description.split("\n\n")[0]}</p>}
      <ParameterForm
        schema={schema}
        values={face.node.parameters}
        bindings={face.node.bindings}
        pipelineParameters={Object.keys(pipeline?.parameters ?? {})}
        problems={byParameter}
        columns={[...new Set(Object.values(columns?.ports ?? {}).flat())]}
        readOnly={readOnly}
        onSet={(name, value) => host.edit({ op: "set_parameter", within, node: face.node.id, name, value }, `parameter ${face.path} ${name}`)}
        onReset={(name) => host.edit({ op: "reset_parameter", within, node: face.node.id, name })}
        onBind={within.length ? undefined : (name, to) => {
          const property = (face.spec?.parameters as { properties?: Record<string, Record<string, unknown>> })?.properties?.[name];
          const value = name in face.node.parameters ? face.node.parameters[name] : property?.default;
          const add = to === null ? [{ op: "set_pipeline_parameter" as const, name, parameter: { default: value ?? null, required: value === undefined, schema: property ?? {}, description: String(property?.description ?? "") } }] : [];
          host.edit([...add, { op: "bind_parameter", node: face.node.id, name, to: to ?? name }]);
        }}
      />
    </>
  );
}

/** Whether the form has a place for the problem: beside the parameter itself. */
function shownAtField(problem: Problem, schema: { properties?: Record<string, unknown> }): boolean {
  return problem.parameter !== null && problem.code !== "unknown_parameter" && problem.parameter in (schema.properties ?? {});
}

function groupSchema(face: Face): Record<string, unknown> {
  const parameters = face.node.pipeline?.parameters ?? {};
  return {
    properties: Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, { ...p.schema, default: p.default, description: p.description }])),
    required: Object.entries(parameters).filter(([, p]) => p.required).map(([name]) => name),
  };
}

export function ProblemBox({ problem, scene, readOnly, onShow }: { problem: Problem; scene: Scene; readOnly: boolean; onShow?: () => void }) {
  const host = useHost();
  const where = [problem.node, problem.port ?? problem.parameter].filter(Boolean).join(" · ");
  return (
    <div className="problem" data-code={problem.code}>
      {onShow && where && <button type="button" className="button bare tiny" style={{ alignSelf: "flex-start", marginLeft: -6 }} onClick={onShow}>{where}</button>}
      <p>{problem.message.split("\n")[0]}</p>
      {problem.message.includes("\n") && <p className="small muted">{problem.message.split("\n").slice(1).map((line) => line.trim()).join("\n")}</p>}
      {problem.hint && <p className="small muted">Next: {problem.hint}</p>}
      {!readOnly && (
        <div className="fixes">
          {fixes(problem, scene).map((fix) => <button type="button" key={fix.label} className="button tiny" onClick={() => host.edit(fix.edits)}>{fix.label}</button>)}
        </div>
      )}
    </div>
  );
}

/** The type stands above the message already. */
const withoutType = ({ type, message }: ErrorView): string => (type && message.startsWith(`${type}: `) ? message.slice(type.length + 2) : message);

export function ErrorBox({ error, onLog }: { error: ErrorView; onLog?: () => void }) {
  return (
    <div className="problem fail" role="alert">
      <strong>{error.type || "It failed"}</strong>
      <p>{withoutType(error)}</p>
      {error.where && <p className="small muted">{error.where}</p>}
      {error.traceback && (
        <details>
          <summary className="small">Traceback</summary>
          <pre className="text unwrapped" style={{ maxHeight: 260, marginTop: 6 }}>{error.traceback}</pre>
        </details>
      )}
      {onLog && <div className="fixes"><button type="button" className="button tiny" onClick={onLog}>Its log</button></div>}
    </div>
  );
}

/** The pipeline itself: problems, description, parameters. */
import { useState } from "react";

import type { Actions } from "../hooks/useActions";
import { useHost, useHostState } from "../hooks/useHost";
import { plural } from "../core/format";
import type { Scene } from "../core/scene";
import { IconButton } from "../parts/basics";
import { ProblemBox } from "./SetupTab";

export function PipelineTab({ scene, readOnly, actions }: { scene: Scene; readOnly: boolean; actions: Actions }) {
  const host = useHost();
  const pipeline = useHostState((state) => state.pipeline);
  const problems = useHostState((state) => state.problems);
  const [name, setName] = useState("");
  if (!pipeline) return null;
  const parameters = Object.entries(pipeline.parameters);
  const show = (node: string) => {
    actions.select([node]);
    actions.fit([node]);
  };
  return (
    <>
      <div className="section">
        <h3>{problems.length ? plural(problems.length, "problem") : "No problems"}</h3>
        {!problems.length && <p className="muted small">{pipeline.nodes.length ? "The pipeline can run." : "Add a module to begin."}</p>}
        {problems.slice(0, 50).map((problem, i) => <ProblemBox key={i} problem={problem} scene={scene} readOnly={readOnly} onShow={problem.node ? () => show(problem.node!) : undefined} />)}
        {problems.length > 50 && <p className="small muted">and {problems.length - 50} more</p>}
      </div>
      <div className="field">
        <label className="label" htmlFor="description">Description</label>
        <textarea id="description" className="input" rows={3} value={pipeline.description} disabled={readOnly} placeholder="What this pipeline is for"
          onKeyDown={(event) => event.stopPropagation()} onChange={(event) => host.edit({ op: "describe", description: event.target.value }, "description")} />
      </div>
      <div className="section">
        <h3>Pipeline parameters</h3>
        {!parameters.length && <p className="muted small">Values chosen when it is run. Make one from any node's parameter with the link beside it.</p>}
        {parameters.map(([key, parameter]) => (
          <div className="row" key={key}>
            <span className="grow cut mono" title={parameter.description}>{key}</span>
            <input className="input" style={{ width: 130 }} aria-label={`Default of ${key}`} disabled={readOnly} value={typeof parameter.default === "string" ? parameter.default : JSON.stringify(parameter.default)}
              onKeyDown={(event) => event.stopPropagation()}
              onChange={(event) => host.edit({ op: "set_pipeline_parameter", name: key, parameter: { ...parameter, required: false, default: read(event.target.value, parameter.schema) } }, `default ${key}`)} />
            {!readOnly && <IconButton icon="trash" label={`Remove ${key}`} className="tiny" onClick={() => host.edit({ op: "set_pipeline_parameter", name: key, parameter: null })} />}
          </div>
        ))}
        {!readOnly && (
          <form className="row" onSubmit={(event) => {
            event.preventDefault();
            if (/^[A-Za-z_]\w*$/.test(name) && !(name in pipeline.parameters)) host.edit({ op: "set_pipeline_parameter", name, parameter: { default: null, required: false, schema: {}, description: "" } });
            else host.say("A parameter's name is a word of letters, digits and _, not yet taken.");
            setName("");
          }}>
            <input className="input grow" placeholder="New parameter" aria-label="New parameter" value={name} onKeyDown={(event) => event.stopPropagation()} onChange={(event) => setName(event.target.value)} />
            <button type="submit" className="button" disabled={!name}>Add</button>
          </form>
        )}
      </div>
    </>
  );
}

function read(text: string, schema: Record<string, unknown>): unknown {
  if (schema.type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An open group: a frame around its nodes, with its ports on the border. */
import type { NodeProps } from "@xyflow/react";
import { memo } from "react";

import { useHost, useHostState } from "../hooks/useHost";
import { IconButton } from "../parts/basics";
import { StatusMark } from "../parts/Status";
import { type CardNode, Port } from "./NodeCard";

export const GroupFrame = memo(function GroupFrame({ data: { face, problems } }: NodeProps<CardNode>) {
  const host = useHost();
  const run = useHostState((state) => state.run?.nodes[face.path]);
  const wrong = new Set(problems.map((problem) => problem.port));
  const readOnly = useHostState((state) => state.page?.document?.read_only ?? true);
  return (
    <div className="frame">
      <div className="frame-head">
        <span className="grow cut">{face.title}</span>
        {run && <StatusMark status={run.status} word={false} />}
        {!readOnly && <IconButton icon="group" label={`Fold ${face.title}`} className="tiny nodrag" onClick={() => host.edit({ op: "fold", within: face.within, node: face.node.id, folded: true })} />}
      </div>
      <ul className="frame-ports ins">
        {face.inputs.map((port) => <Port key={port.name} face={face} port={port} side="i" wrong={wrong.has(port.name)} inner />)}
      </ul>
      <ul className="frame-ports outs">
        {face.outputs.map((port) => <Port key={port.name} face={face} port={port} side="o" wrong={wrong.has(port.name)} inner />)}
      </ul>
    </div>
  );
});

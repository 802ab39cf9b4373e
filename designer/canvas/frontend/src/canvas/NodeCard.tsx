/** A node's face: title, state, typed ports, pinned metrics. Subscribes to its own status only. */
import { Handle, type NodeProps, Position, type Node as FlowNode } from "@xyflow/react";
import { memo, useEffect, useState } from "react";

import { changeOf } from "../core/difference";
import { useDifference } from "../hooks/useDifference";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { typeColor, categoryColor } from "../core/colors";
import { seconds, value } from "../core/format";
import type { Face, PortFace } from "../core/scene";
import { Icon } from "../parts/Icon";
import { isActive, StatusMark } from "../parts/Status";
import type { NodeRun, Pin, Problem } from "../wire";
import { ChangeBadge, DifferenceRows } from "./DifferenceCard";
import { FarPlanBadge, PlanBadge } from "./PlanBadge";
import { Spark } from "./Spark";

export type CardNode = FlowNode<{ face: Face; problems: Problem[] }>;

export const NodeCard = memo(function NodeCard(props: NodeProps<CardNode>) {
  const far = useUi((ui) => ui.far);
  return far ? <FarCard {...props.data} /> : <NearCard {...props.data} />;
});

const FAR_PINS = 2;

/** What is left of a card when it is a few millimetres high: its title, its state, its first metrics, and where its edges end. */
const FarCard = memo(function FarCard({ face, problems }: CardNode["data"]) {
  const difference = useDifference();
  const status = useHostState((state) => state.run?.nodes[face.path]?.status);
  // as text, so that a card is drawn anew only when what it shows has changed: there may be a thousand
  const shown = useHostState((state) => {
    const pins = state.run?.nodes[face.path]?.pins;
    return pins?.length ? JSON.stringify(pins.slice(0, FAR_PINS).map((pin) => ({ ...pin, spark: [] }))) : "";
  });
  const handles = (ports: PortFace[], side: "i" | "o") => (
    <ul className={side === "i" ? "ins" : "outs"}>
      {ports.map((port) => (
        <li className="port" key={port.name} data-connected={port.connected} style={{ "--type": `var(--type${typeColor(port.type)})` } as React.CSSProperties}>
          <Handle type={side === "i" ? "target" : "source"} position={side === "i" ? Position.Left : Position.Right} id={`${side}:${port.name}`} />
        </li>
      ))}
    </ul>
  );
  return (
    <div className="card far" style={{ "--hue": `var(--type${categoryColor(face.category)})`, minHeight: face.height } as React.CSSProperties} data-status={status} data-off={face.node.disabled} data-problem={problems.length > 0} data-change={difference ? changeOf(difference.nodes[face.path]) : undefined}>
      {difference ? <ChangeBadge node={difference.nodes[face.path]} /> : <FarPlanBadge face={face} />}
      <div className="card-head"><div className="card-title">{face.title}</div></div>
      <div className="ports">{handles(face.inputs, "i")}{handles(face.outputs, "o")}</div>
      {!difference && shown && <Pins pins={JSON.parse(shown) as Pin[]} />}
    </div>
  );
});

const NearCard = memo(function NearCard({ face, problems }: CardNode["data"]) {
  const host = useHost();
  const run = useHostState((state) => state.run?.nodes[face.path]);
  const open = (tab: string) => host.ui.set({ tab, side: true });
  const errors = face.spec?.error;
  const difference = useDifference();
  const compared = difference?.nodes[face.path];
  return (
    <div className="card" style={{ "--hue": `var(--type${categoryColor(face.category)})`, minHeight: face.height } as React.CSSProperties}
      data-status={run?.status} data-off={face.node.disabled} data-problem={problems.length > 0 || Boolean(errors)} data-change={difference ? changeOf(compared) : undefined}>
      {difference ? <ChangeBadge node={compared} /> : <PlanBadge face={face} />}
      <div className="card-head">
        <div className="grow">
          <div className="card-title cut" title={face.title}>{face.title}</div>
          <div className="card-sub cut" title={face.node.module}>{face.kind === "group" ? face.subtitle : face.node.id === face.node.module ? face.category : face.node.id}</div>
        </div>
        <div className="card-state">
          {problems.length > 0 && (
            <button type="button" className="badge warn nodrag" tabIndex={-1} title={problems.map((p) => p.message).join("\n")} onClick={() => open("set up")}>
              <Icon name="warning" />
              {problems.length}
              <span className="sr">{problems.length === 1 ? "problem" : "problems"}</span>
            </button>
          )}
          {run && run.warnings > 0 && (
            <button type="button" className="badge warn nodrag" tabIndex={-1} title={`${run.warnings} warnings in its log`} onClick={() => open("log")}>
              <Icon name="note" />
              {run.warnings}
              <span className="sr">warnings in its log</span>
            </button>
          )}
          {face.node.disabled && <span title="disabled: neither it nor what needs it runs"><Icon name="power" /><span className="sr">disabled</span></span>}
          {run && <Clock run={run} />}
          {compared?.a && compared.b && compared.a.status !== compared.b.status && <><StatusMark status={compared.a.status} word={false} />→<StatusMark status={compared.b.status} word={false} /></>}
          {run && <StatusMark status={run.status} reused={Boolean(run.reused_from)} word={false} />}
        </div>
      </div>
      {run && isActive(run.status) && run.progress !== null && (
        <div className="progress" role="progressbar" aria-label={`${face.title} progress`} aria-valuenow={Math.round(run.progress * 100)}>
          <div style={{ width: `${Math.min(1, run.progress) * 100}%` }} />
        </div>
      )}
      <Ports face={face} problems={problems} />
      {compared && <DifferenceRows node={compared} />}
      {run && run.pins.length > 0 && <Pins pins={run.pins} />}
      {(run?.error || errors) && (
        <div className="card-error" title={run?.error ?? errors ?? ""}>{run?.error ?? errors}</div>
      )}
    </div>
  );
});

/** Seconds of a node, counting while it runs. */
function Clock({ run }: { run: NodeRun }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  const going = run.started !== null && run.ended === null && isActive(run.status);
  useEffect(() => {
    if (!going) return undefined;
    const timer = setInterval(() => setNow(Date.now() / 1000), 500);
    return () => clearInterval(timer);
  }, [going]);
  if (run.reused_from !== null || run.started === null || (run.ended === null && !going)) return null;
  return <span>{seconds(Math.max(0, (run.ended ?? now) - run.started))}</span>;
}

const Pins = memo(function Pins({ pins }: { pins: Pin[] }) {
  return (
    <div className="pins">
      {pins.map((pin) => (
        <div className="pin" key={pin.name}>
          <span className="pin-name cut" title={pin.name}>{pin.name}</span>
          {pin.spark.length > 1 && <Spark values={pin.spark} />}
          <span className="pin-value cut" title={value(pin.value)}>
            {value(pin.value)}
            {pin.unit && <span className="unit">{pin.unit}</span>}
          </span>
        </div>
      ))}
    </div>
  );
});

export function Ports({ face, problems }: { face: Face; problems: Problem[] }) {
  const wrong = new Set(problems.map((problem) => problem.port).filter(Boolean));
  return (
    <div className="ports">
      <ul className="ins">
        {face.inputs.map((port) => <Port key={port.name} face={face} port={port} side="i" wrong={wrong.has(port.name)} />)}
      </ul>
      <ul className="outs">
        {face.outputs.map((port) => <Port key={port.name} face={face} port={port} side="o" wrong={wrong.has(port.name)} />)}
      </ul>
    </div>
  );
}

/** One port: its colour is its type's; while an edge is drawn it lights up or steps back. */
export function Port({ face, port, side, wrong, inner }: { face: Face; port: PortFace; side: "i" | "o"; wrong: boolean; inner?: boolean }) {
  const handle = `${side}:${port.name}`;
  const verdict = useUi((ui) => ui.connecting?.verdicts.get(`${face.path}|${handle}`) ?? null);
  const own = useUi((ui) => ui.connecting?.ref.path === face.path && ui.connecting.ref.port === port.name);
  const busy = useUi((ui) => ui.connecting !== null);
  const said = own || !busy ? undefined : verdict?.allowed ? "yes" : "no";
  const about = [`${port.title}: ${port.type.name}`, port.optional && "optional", port.many && "takes any number of edges", port.description, verdict?.reason];
  return (
    <li className="port" data-verdict={said} data-connected={port.connected} data-optional={port.optional} data-many={port.many} data-problem={wrong}
      style={{ "--type": `var(--type${typeColor(port.type)})` } as React.CSSProperties} title={about.filter(Boolean).join("\n")}>
      <Handle type={side === "i" ? "target" : "source"} position={side === "i" ? Position.Left : Position.Right} id={handle} data-port={port.name} />
      {inner && <Handle className="inner" type={side === "i" ? "source" : "target"} position={side === "i" ? Position.Left : Position.Right} id={`${side === "i" ? "in" : "out"}:${port.name}`} isConnectable={false} />}
      <span className="cut">{port.title}</span>
    </li>
  );
}

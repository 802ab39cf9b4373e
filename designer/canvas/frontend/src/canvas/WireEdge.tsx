/** An edge, in its type's colour; and the loose end while one is drawn, which says why it may not end where it is. */
import { BaseEdge, type ConnectionLineComponentProps, type Edge as FlowEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";

import { useUi } from "../hooks/useHost";
import type { Wire } from "../core/scene";

export type WireFlow = FlowEdge<{ wire: Wire }>;

export const WireEdge = memo(function WireEdge(props: EdgeProps<WireFlow>) {
  const [path] = getBezierPath({ ...props, curvature: 0.32 });
  return <BaseEdge id={props.id} path={path} style={props.style} interactionWidth={18} />;
});

export function LooseEnd({ fromX, fromY, toX, toY, fromPosition, toPosition, toNode, toHandle, connectionStatus }: ConnectionLineComponentProps) {
  const verdict = useUi((ui) => (toNode && toHandle ? (ui.connecting?.verdicts.get(`${toNode.id}|${toHandle.id}`) ?? null) : null));
  const [path] = getBezierPath({ sourceX: fromX, sourceY: fromY, targetX: toX, targetY: toY, sourcePosition: fromPosition, targetPosition: toPosition });
  const bad = connectionStatus === "invalid";
  return (
    <g>
      <path className={`loose ${bad ? "bad" : ""}`} d={path} />
      {verdict && (bad || verdict.replace) && (
        <foreignObject className="loose-label" x={toX + 12} y={toY + 10} width={300} height={60}>
          <div>{verdict.reason}</div>
        </foreignObject>
      )}
    </g>
  );
}

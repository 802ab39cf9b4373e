/** What a click can do about a problem. Only edits whose result is sure; everything else stays advice. */
import type { Edit, Problem } from "../wire";
import { canConnect } from "./connect";
import type { Scene } from "./scene";

export interface Fix {
  label: string;
  edits: Edit[];
}

const MOST = 3;

export function fixes(problem: Problem, scene: Scene): Fix[] {
  const face = problem.node ? scene.byPath.get(problem.node) : undefined;
  if (!face) return [];
  const { within, node } = face;
  const into = (port: string) => scene.wires.filter((wire) => wire.edge && wire.target === face.path && wire.targetHandle === `i:${port}`);
  switch (problem.code) {
    case "invalid_parameter":
    case "unknown_parameter":
      return problem.parameter && problem.parameter in node.parameters
        ? [{ label: problem.code === "unknown_parameter" ? "Remove it" : "Back to the default", edits: [{ op: "reset_parameter", within, node: node.id, name: problem.parameter }] }]
        : [];
    case "missing_input": {
      const found: Fix[] = [];
      for (const other of scene.faces) {
        for (const port of other.outputs) {
          const verdict = problem.port && canConnect(scene, { path: other.path, port: port.name }, { path: face.path, port: problem.port });
          if (verdict && verdict.allowed && other.x < face.x + face.width) {
            found.push({
              label: `Connect ${other.title}${other.outputs.length > 1 ? `: ${port.title}` : ""}`,
              edits: [{ op: "connect", within, edge: { source: [other.node.id, port.name], target: [node.id, problem.port!] } }],
            });
          }
        }
      }
      return found.slice(0, MOST);
    }
    case "port_type_mismatch":
    case "port_taken":
    case "unknown_port":
    case "missing_port":
    case "unknown_node": {
      const edges = problem.port ? into(problem.port).flatMap((wire) => (wire.edge ? [wire.edge] : [])) : [];
      const cut = problem.code === "port_taken" ? edges.slice(1) : edges;
      return cut.length ? [{ label: cut.length > 1 ? "Remove the edges" : "Remove the edge", edits: [{ op: "disconnect", within, edges: cut }] }] : [];
    }
    case "unknown_module":
    case "broken_module":
      return [
        ...(node.disabled ? [] : [{ label: "Disable the node", edits: [{ op: "change_nodes", within, nodes: [node.id], disabled: true }] as Edit[] }]),
        { label: "Delete the node", edits: [{ op: "remove_nodes", within, nodes: [node.id] }] },
      ];
    default:
      return [];
  }
}

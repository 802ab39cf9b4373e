/** The mount that a component is drawn in. */
import { createContext, useContext } from "react";

import type { Host, State } from "../state/host";
import { useStore } from "../state/store";
import type { Ui } from "../state/ui";

export const HostContext = createContext<Host | null>(null);

export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error("drawn outside a host");
  return host;
}

/** A part of the mount's state. */
export function useHostState<S>(select: (state: State) => S): S {
  return useStore(useHost().store, select);
}

/** A part of what is open and chosen. */
export function useUi<S>(select: (ui: Ui) => S): S {
  return useStore(useHost().ui, select);
}

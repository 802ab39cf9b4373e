/** The comparison in which a canvas is drawn; null on every other page. */
import { createContext, useContext } from "react";

import type { DifferenceAnswer } from "../wire";

export const DifferenceContext = createContext<DifferenceAnswer | null>(null);

export const useDifference = (): DifferenceAnswer | null => useContext(DifferenceContext);

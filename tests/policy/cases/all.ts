import { allowedCases } from "./allowed";
import type { Case } from "./case";
import { dindCases } from "./dind";
import { kindCases } from "./kinds";
import { NODE_FIELD_CASES } from "./node-fields";
import { otherCases } from "./others";
import { pathCases } from "./paths";
import { privilegeCases } from "./privileges";
import { REFERENCE_CASES } from "./references";
import { TEXT_CASES } from "./texts";
import { volumeCases } from "./volumes";

/** The one table that drives the policy pack, its host and the cluster. */
export const CASES: readonly Case[] = [
  ...pathCases,
  ...volumeCases,
  ...kindCases,
  ...privilegeCases,
  ...dindCases,
  ...otherCases,
  ...allowedCases,
  ...REFERENCE_CASES,
  ...TEXT_CASES,
  ...NODE_FIELD_CASES,
];

import { podNames } from "../../../components/agents/pods";

test("pods of a pool are numbered from zero", () => {
  expect(podNames({ name: "docker", replicas: 3 })).toEqual(["docker-0", "docker-1", "docker-2"]);
});

"""Reads OpenMetrics from standard input and prints how many families there are, or what is wrong in which of them.

With an argument it only sees whether the parser is there.
"""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

END = "# EOF\n"
TYPE = "\n# TYPE "


def read(text):
    return sum(1 for _ in text_string_to_metric_families(text))


if len(sys.argv) == 1:
    text = sys.stdin.buffer.read().decode()
    try:
        print(read(text))
    except ValueError as error:
        print(error)
        for family in ("\n" + text.removesuffix(END)).split(TYPE)[1:]:
            try:
                read(TYPE.lstrip() + family.rstrip("\n") + "\n" + END)
            except ValueError as error:
                print(error, "in", family)
        sys.exit(1)

"""CPU microseconds per call of pytineye and of our binding, against the same server, with all fields of the result read.

    python_client.py BASE_URL small|search COUNT pytineye|imagesearch
"""
import resource
import sys


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1e6


def pytineye_calls(base):
    from pytineye import TinEyeAPIRequest

    api = TinEyeAPIRequest(api_url=base + "/rest/", api_key="test-key")

    def search():
        found = api.search_url(url="https://images.example/a.jpg", limit=100)
        return sum(len(match.backlinks) for match in found.matches)

    return {"small": api.remaining_searches, "search": search}


def imagesearch_calls(base):
    import imagesearch

    api = imagesearch.TinEye(api_key="test-key", base_url=base + "/rest", requests_per_minute=1_000_000)

    def search():
        found = api.search("https://images.example/a.jpg", limit=100)
        return sum(len(match.backlinks) for match in found.matches)

    return {"small": api.remaining_searches, "search": search}


def main():
    base, call, count, client = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    calls = {"pytineye": pytineye_calls, "imagesearch": imagesearch_calls}[client](base)
    for _ in range(count // 10 + 1):
        calls[call]()
    before = cpu()
    for _ in range(count):
        calls[call]()
    print((cpu() - before) / count)


main()

"""CPU milliseconds and memory of adding an image with the vendor's SDK (aliyun-python-sdk-imagesearch 2.0.0, 2019-03-25).

    alibaba_add.py PORT FILE COUNT     prints CPU milliseconds per add, and KiB of peak memory beyond the image
"""
import base64
import resource
import sys

from aliyunsdkcore.client import AcsClient
from aliyunsdkimagesearch.request.v20190325.AddImageRequest import AddImageRequest


def add(port, path):
    with open(path, "rb") as file:
        image = file.read()
    request = AddImageRequest()
    request.set_endpoint("127.0.0.1")
    request.set_InstanceName("demo")
    request.set_ProductId("1000")
    request.set_PicName("image")
    request.set_PicContent(base64.b64encode(image).decode())
    AcsClient("testid", "testsecret", "cn-shanghai", auto_retry=False, port=port).do_action_with_exception(request)
    return len(image)


def main():
    port, path, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    idle = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(count):
        size = add(port, path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    milliseconds = (used.ru_utime + used.ru_stime - idle.ru_utime - idle.ru_stime) * 1000 / count
    print(milliseconds, max(0, used.ru_maxrss - idle.ru_maxrss - size // 1024))


main()

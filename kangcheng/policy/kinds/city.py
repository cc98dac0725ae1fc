"""The numbers a synthetic city is drawn from: no policy, so its inner keys belong to the generator that reads them.

`kangcheng.synth` refuses what it does not know when it reads the file; here every value must be filled in.
"""

from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.schema import Anything

KIND = Kind("city", "演示城市 (synthetic city)", {}, open=Anything())

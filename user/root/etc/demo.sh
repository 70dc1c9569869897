# The demo: sh /etc/demo.sh
#
# mmaptest and cowtest at the same time, then processes that share a page, then the other demos, then
# what it all took in page faults. The exit status is 0 only if all passed.

result=passed

cd /tmp || exit 1
echo
echo "==== mmaptest and cowtest, at the same time ===="
echo "Both have children do what is forbidden; the kernel reports how each of these ends:"
vmaudit sh -c 'mmaptest >mmaptest.out & cowtest >cowtest.out & wait' >vmaudit.out || result=FAILED

echo
echo "==== shmdemo: several processes share one page of a file ===="
shmdemo || result=FAILED

# Each in the short form; without --short they work longer and show more.
for demo in ringdemo sortdemo mandeldemo kvdemo snapdemo gcdemo ckptdemo; do
    echo
    echo "==== $demo ===="
    $demo --short || result=FAILED
done

echo
echo "==== faults: all page faults since boot, by kind ===="
faults || result=FAILED

echo
echo "==== results ===="
cat mmaptest.out cowtest.out vmaudit.out
rm -f mmaptest.out cowtest.out vmaudit.out
echo "demo: $result"
[ $result = passed ]

# sh /etc/tests.sh COMMAND...: runs test programs, each by itself and then all at once; vmaudit
# after each and after the whole. What those that run together print comes at the end, in the order
# of the commands. The exit status is 0 only if all passed.

result=0

cd /tmp || exit 1
for command; do
    vmaudit $command || result=1
done

echo 'n=; for command; do n=x$n; $command >$n.out & done; wait' >together
vmaudit sh together "$@" || result=1
cat x*.out
rm together x*.out
exit $result
